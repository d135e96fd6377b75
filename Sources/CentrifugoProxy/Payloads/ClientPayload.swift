import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the test kit needs of what is in this module only: base64, JSON and the time.
package enum ClientPayload {
    /// Base64 as Centrifugo writes it.
    package static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }

    /// The bytes of base64 as Centrifugo reads it; nil when the text is not base64.
    package static func bytes(ofBase64 text: String) -> [UInt8]? {
        Data(base64Encoded: text).map { [UInt8]($0) }
    }

    /// Now, in unix seconds.
    package static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
