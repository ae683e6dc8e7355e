package api

import "strings"

// currencies are the active codes of ISO 4217 (list one, without the funds, the
// metals and the codes for testing), separated by spaces. A string is searched
// faster than a map is built, and costs nothing at start-up; the tables of
// golang.org/x/text/currency do cost, and lag behind the list.
const currencies = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD " +
	"BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP " +
	"GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR " +
	"KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN " +
	"MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR " +
	"SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD " +
	"UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "

// KnownCurrency reports whether the code is an active currency of ISO 4217, in
// capitals. Whether the project takes it is for the project to say.
func KnownCurrency(code string) bool {
	if len(code) != 3 {
		return false
	}
	for i := range len(code) {
		if code[i] < 'A' || code[i] > 'Z' {
			return false
		}
	}
	return strings.Contains(currencies, " "+code+" ")
}

// Payment methods (Raisboy API, «Значения для payment_method»).
const (
	MethodBankCard       = "bank_card"       // to a card
	MethodBankTransfer   = "bank_transfer"   // to an account number
	MethodWalletTransfer = "wallet_transfer" // to an e-wallet
	MethodCrypto         = "crypto"          // to a crypto wallet
)

// PaymentMethods lists the four methods in the document's order.
func PaymentMethods() []string {
	return []string{MethodBankCard, MethodBankTransfer, MethodWalletTransfer, MethodCrypto}
}
