package diagnose

// Codes lists every deviation that a Finding can name, beside the cause
// "body.reserialised", which stands for several of a body.
func Codes() []string {
	return []string{
		"body.base64", "body.bom", "body.bom_lost", "body.charset", "body.compact", "body.crlf", "body.crlf_added", "body.crlf_lost",
		"body.empty", "body.empty_object", "body.form", "body.hashed", "body.html_escape", "body.indented", "body.key_order",
		"body.line_feed_added", "body.line_feed_lost", "body.no_spaces", "body.number_form", "body.quoted", "body.slash_escape",
		"body.sorted_keys", "body.spaced", "body.stringified", "body.trimmed", "body.unicode_escape",
		"credentials.exchanged", "credentials.other_profile",
		"digest.arguments_exchanged", "digest.base64", "digest.base64_first", "digest.base64_of_hex", "digest.base64url",
		"digest.hashed_first", "digest.hashed_twice", "digest.mixed_case", "digest.no_secret", "digest.plain_secret_first",
		"digest.plain_secret_last", "digest.prefixed", "digest.quoted", "digest.sha1", "digest.sha512", "digest.space",
		"digest.truncated", "digest.upper_case",
		"key.as_sent", "key.bom", "key.carriage_return", "key.case", "key.empty", "key.is_secret", "key.line_feed",
		"key.other_profile", "key.quoted", "key.space", "key.trimmed", "key.unquoted",
		"method.case", "method.other",
		"parts.no_body", "parts.no_key", "parts.no_method", "parts.no_path", "parts.no_timestamp", "parts.order",
		"path.case", "path.decoded", "path.double_slash", "path.empty", "path.encoded", "path.encoded_twice", "path.host",
		"path.leading_slash", "path.prefix", "path.query", "path.root", "path.trailing_slash", "path.url",
		"secret.base64_decoded", "secret.base64_encoded", "secret.bom", "secret.carriage_return", "secret.case", "secret.empty",
		"secret.hex_decoded", "secret.hex_encoded", "secret.is_key", "secret.line_feed", "secret.other_profile", "secret.quoted",
		"secret.space", "secret.stringified", "secret.trimmed", "secret.unquoted",
		"separator.ampersand", "separator.backslash", "separator.backslash_line_feed", "separator.carriage_return",
		"separator.colon", "separator.comma", "separator.crlf", "separator.dash", "separator.dot", "separator.double_line_feed",
		"separator.leading", "separator.line_feed", "separator.line_feed_space", "separator.literal", "separator.none",
		"separator.pipe", "separator.plus", "separator.semicolon", "separator.slash", "separator.space",
		"separator.space_line_feed", "separator.tab", "separator.trailing", "separator.underscore",
		"timestamp.body", "timestamp.empty", "timestamp.fraction", "timestamp.iso_fraction", "timestamp.iso_offset",
		"timestamp.iso_z", "timestamp.iso_zoneless", "timestamp.microseconds", "timestamp.milliseconds", "timestamp.other_form",
		"timestamp.other_moment", "timestamp.quoted", "timestamp.seconds", "timestamp.spaced", "timestamp.zone",
	}
}
