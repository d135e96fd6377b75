import ProxyMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Helpers for the test kit that need this module: base64, JSON and the time.
package enum ClientPayload {
    /// Encodes base64 like Centrifugo.
    package static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }

    /// The bytes of base64 as Centrifugo reads it; nil for any other text.
    package static func bytes(ofBase64 text: String) -> [UInt8]? {
        Data(base64Encoded: text).map { [UInt8]($0) }
    }

    /// Now, in unix seconds.
    package static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
