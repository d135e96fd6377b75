package import CentrifugoProxy
import ProtobufWire
import ProxyMessages

/// One message of the answer.
package struct AnswerMessage: Sendable {
    /// Whether the server refuses the request.
    package let isRefusal: Bool
    /// Whether it is a publication in a stream.
    package let isPublication: Bool
    /// The message as JSON, on one line.
    package let json: String

    /// Decodes a message.
    /// - Throws: The reason why its bytes are malformed.
    package init(_ bytes: [UInt8], of event: ProxyEvent) throws {
        let schema = ProxySchema.proxy
        let method = schema.method(event)
        json = try MessageText(schema: schema).json(bytes, method.output).printableJSON
        guard method.streamsAnswers else {
            isPublication = false
            isRefusal = try Self.isRefused(bytes)
            return
        }
        let message = try StreamSubscribeResponse(wireBytes: bytes)
        isPublication = message.publication != nil && message.subscribeResponse == nil
        isRefusal = message.subscribeResponse.map { $0.error != nil || $0.disconnect != nil } ?? false
    }

    /// Whether a response has an error (field 2) or a disconnect (field 3); all responses use these numbers.
    private static func isRefused(_ response: [UInt8]) throws -> Bool {
        try response.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            var isRefused = false
            while let field = try reader.nextField() {
                isRefused = isRefused || field == 2 || field == 3
                try reader.skip()
            }
            return isRefused
        }
    }
}
