import HTTP2Framing
import Testing

@Suite struct HTTP2ErrorCodeTests {
    @Test(
        "is described by its name in RFC 9113, else by its number",
        arguments: [
            (.noError, "NO_ERROR"), (.cancel, "CANCEL"), (.enhanceYourCalm, "ENHANCE_YOUR_CALM"),
            (.http11Required, "HTTP_1_1_REQUIRED"), (HTTP2ErrorCode(rawValue: 14), "error code 14"),
            (HTTP2ErrorCode(rawValue: .max), "error code 4294967295"),
        ] as [(HTTP2ErrorCode, String)]
    )
    func description(code: HTTP2ErrorCode, text: String) {
        #expect("\(code)" == text)
    }
}
