package import CentrifugoProxy
import Foundation
import ProxyMessages

/// The request of one event, made of what a person writes.
package struct EventRequestBuilder {
    private let event: ProxyEvent
    private let isBinary: Bool
    private var message: MessageBuilder

    /// Begins a request.
    ///
    /// - Parameters:
    ///   - event: What to ask.
    ///   - isBinary: Whether payloads are of the encoding `binary`, and not `json`.
    package init(_ event: ProxyEvent, isBinary: Bool = false) {
        self.event = event
        self.isBinary = isBinary
        let schema = ProxySchema.proxy
        // The first message of the bidirectional stream wraps the request of the others.
        let input = schema.method(event == .subscribeBidirectional ? .subscribeUnidirectional : event).input
        message = MessageBuilder(schema.message(input), of: schema)
    }

    /// Sets `NAME=VALUE`.
    /// - Throws: ``RequestMistake``.
    package mutating func set(_ assignment: String) throws {
        guard let divider = assignment.firstIndex(of: "=") else {
            throw RequestMistake("\"\(assignment)\" is no NAME=VALUE, such as user=alice.")
        }
        let value = String(assignment[assignment.index(after: divider)...])
        try message.set(String(assignment[..<divider]), value)
    }

    /// Sets what the client sends, in the field that the encoding asks for.
    /// - Throws: ``RequestMistake`` for what is no JSON, and for an event whose client sends nothing.
    package mutating func setData(_ text: String) throws {
        guard message.schema.field(named: "data") != nil else {
            throw RequestMistake("\(event.methodName) takes no data.")
        }
        guard !isBinary else {
            return try message.set("b64data", Data(text.utf8).base64EncodedString())
        }
        guard JSONText.isValid([UInt8](text.utf8)) else {
            throw RequestMistake(
                "The data \(text) is no JSON: put texts in quotation marks, as '\"text\"', or use --binary."
            )
        }
        try message.set("data", text)
    }

    /// The first message of the call: what was set, and what Centrifugo always sends.
    /// - Throws: ``RequestMistake``.
    package func firstMessage() throws -> [UInt8] {
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

    /// A later message of a bidirectional stream: what the client publishes.
    /// - Throws: ``RequestMistake`` for what is no JSON, unless payloads are binary.
    package func publication(_ text: String) throws -> [UInt8] {
        guard isBinary || JSONText.isValid([UInt8](text.utf8)) else {
            throw RequestMistake("The publication \(text) is no JSON: put texts in quotation marks, as '\"text\"'.")
        }
        return StreamSubscribeRequest(publication: Publication(data: .bytes([UInt8](text.utf8)))).wireBytes()
    }
}
