package import CentrifugoProxy
import Foundation
import ProxyMessages

/// The request of one event, made from a user's arguments.
package struct EventRequestBuilder {
    private let event: ProxyEvent
    private let isBinary: Bool
    private var message: MessageBuilder
    /// The client's protocol, if it was set: the encoding alone does not tell whether the client sends JSON.
    private var clientProtocol: String?
    /// The client's data for the plain field.
    private var plainData: String?

    /// Begins a request.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - isBinary: Whether payloads have the encoding `binary` instead of `json`.
    package init(_ event: ProxyEvent, isBinary: Bool = false) {
        self.event = event
        self.isBinary = isBinary
        let schema = ProxySchema.proxy
        // The first message of the bidirectional stream wraps the request of the unidirectional one.
        let input = schema.method(event == .subscribeBidirectional ? .subscribeUnidirectional : event).input
        message = MessageBuilder(schema.message(input), of: schema)
    }

    /// Sets `NAME=VALUE`.
    /// - Throws: ``RequestError``.
    package mutating func set(_ assignment: String) throws {
        guard let divider = assignment.firstIndex(of: "=") else {
            throw RequestError("\"\(assignment)\" is not NAME=VALUE, such as user=alice.")
        }
        let value = String(assignment[assignment.index(after: divider)...])
        let name = assignment[..<divider]
        try message.set(String(name), value)
        if name == "protocol" { clientProtocol = value }
    }

    /// Sets the client's data, in the field for the encoding.
    /// - Throws: ``RequestError`` for an event whose client sends no data.
    package mutating func setData(_ text: String) throws {
        guard message.schema.field(named: "data") != nil else {
            throw RequestError("\(event.methodName) takes no data.")
        }
        guard !isBinary else {
            return try message.set("b64data", Data(text.utf8).base64EncodedString())
        }
        plainData = text
        try message.set("data", text)
    }

    /// The first message of the call: the fields that were set, and those that Centrifugo always sends.
    /// - Throws: ``RequestError`` for data that is not JSON and that the client therefore could not send.
    package func firstMessage() throws -> [UInt8] {
        if let plainData, !canSend(plainData) {
            throw RequestError(
                "The data \(plainData) is not JSON: put texts in quotation marks, as '\"text\"', or use --binary."
            )
        }
        var message = message
        let standard = [
            ("client", "00000000-0000-0000-0000-000000000000"), ("transport", "websocket"),
            ("protocol", isBinary ? "protobuf" : "json"), ("encoding", isBinary ? "binary" : "json"),
        ]
        for (name, value) in standard where message.schema.field(named: name) != nil && !message.has(name) {
            try message.set(name, value)
        }
        guard event == .subscribeBidirectional else { return message.wireBytes }
        return StreamSubscribeRequest(subscribeRequest: try SubscribeRequest(wireBytes: message.wireBytes)).wireBytes()
    }

    /// A later message of a bidirectional stream: a publication of the client's.
    /// - Throws: ``RequestError`` for data that is not JSON and that the client therefore could not send.
    package func publication(_ text: String) throws -> [UInt8] {
        guard canSend(text) else {
            throw RequestError("The publication \(text) is not JSON: put texts in quotation marks, as '\"text\"'.")
        }
        return StreamSubscribeRequest(publication: Publication(data: .bytes([UInt8](text.utf8)))).wireBytes()
    }

    /// Whether a client with this protocol may send the text.
    private func canSend(_ text: String) -> Bool {
        isBinary || clientProtocol == "protobuf" || JSONSyntax.isValid([UInt8](text.utf8))
    }
}
