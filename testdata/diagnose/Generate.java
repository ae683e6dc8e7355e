// Broken requests as Java makes them with nothing but its own library: one JSON
// object a line.
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Generate {
    static final String KEY = "pk_test_0123456789", SECRET = "sk_test_do_not_use_in_production", HOST = "project.example";
    static final String STAMP = "1764247157", PATH = "/api/v4/payments/raisboy/deposit/create";

    static byte[] hmac(String algorithm, String secret, String text) throws Exception {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r") + '"';
    }

    static String join(String method, String path, String body, String stamp) {
        return String.join("\n", method, path, body, stamp, KEY);
    }

    static void emit(String name, String sent, String signed, String signature, String deviation) {
        System.out.println("{\"name\":" + quote(name) + ",\"by\":\"java\",\"method\":\"POST\",\"target\":" + quote(PATH) + ",\"host\":" + quote(HOST)
            + ",\"body\":" + quote(sent) + ",\"timestamp\":" + quote(STAMP) + ",\"api_key\":" + quote(KEY) + ",\"secret\":" + quote(SECRET)
            + ",\"signed\":" + quote(signed) + ",\"signature\":" + quote(signature) + ",\"tool\":\"\",\"deviations\":[" + quote(deviation) + "]}");
    }

    static String hex(byte[] sum) { return HexFormat.of().formatHex(sum); }

    static void string(String name, String sent, String signed, String deviation) throws Exception {
        emit(name, sent, signed, hex(hmac("HmacSHA256", SECRET, signed)), deviation);
    }

    static String body(String amount) {
        return "{\"user_id\":\"456789\",\"status\":\"paid\",\"amount\":" + amount + ",\"currency\":\"UZS\",\"payment_method\":\"bank_card\"}";
    }

    public static void main(String[] args) throws Exception {
        for (String amount : new String[] {"6000.00", "125000.00", "70.00"}) {
            String sent = body(amount), rule = join("POST", PATH, sent, STAMP);
            double value = Double.parseDouble(amount);
            Instant at = Instant.ofEpochSecond(Long.parseLong(STAMP));
            string(amount + ": Double.toString", sent, join("POST", PATH, body(Double.toString(value)), STAMP), "body.number_form");
            string(amount + ": stripTrailingZeros", sent, join("POST", PATH, body(new BigDecimal(amount).stripTrailingZeros().toPlainString()), STAMP), "body.number_form");
            string(amount + ": String.format in Russian", sent, join("POST", PATH, body(String.format(new Locale("ru"), "%.2f", value)), STAMP), "body.number_form");
            string(amount + ": System.currentTimeMillis", sent, join("POST", PATH, sent, Long.toString(at.toEpochMilli() + 412)), "timestamp.milliseconds");
            string(amount + ": Instant.toString", sent, join("POST", PATH, sent, at.toString()), "timestamp.iso_z");
            string(amount + ": getRequestURL", sent, join("POST", "https://" + HOST + PATH, sent, STAMP), "path.url");
            string(amount + ": getServletPath", sent, join("POST", PATH.substring(4), sent, STAMP), "path.prefix");
            string(amount + ": System.lineSeparator on Windows", sent, rule.replace("\n", "\r\n"), "separator.crlf");
            string(amount + ": println", sent, rule + "\n", "separator.trailing");
            emit(amount + ": Base64.getEncoder", sent, rule, Base64.getEncoder().encodeToString(hmac("HmacSHA256", SECRET, rule)), "digest.base64");
            emit(amount + ": %02X", sent, rule, hex(hmac("HmacSHA256", SECRET, rule)).toUpperCase(), "digest.upper_case");
            emit(amount + ": HmacSHA512", sent, rule, hex(hmac("HmacSHA512", SECRET, rule)), "digest.sha512");
            emit(amount + ": HmacSHA1", sent, rule, hex(hmac("HmacSHA1", SECRET, rule)), "digest.sha1");
            emit(amount + ": MessageDigest", sent, rule, hex(MessageDigest.getInstance("SHA-256").digest((SECRET + rule).getBytes(StandardCharsets.UTF_8))), "digest.plain_secret_first");
            emit(amount + ": secret with a line feed", sent, rule, hex(hmac("HmacSHA256", SECRET + "\n", rule)), "secret.line_feed");
        }
    }
}
