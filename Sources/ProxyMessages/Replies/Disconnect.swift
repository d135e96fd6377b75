package import ProtobufWire

/// Refuses a client's request by closing its connection; a handler throws it.
///
/// The code tells the client's SDK what to do next: 4000–4499, connect again after a pause; 4500–4999, stay closed.
public struct Disconnect: Error, Hashable {
    /// The codes that an application may use.
    public static let codes: ClosedRange<UInt32> = 4000...4999
    /// The most bytes of a reason.
    public static let longestReason = 32

    /// Identifies the cause, for programs; it is the code of the WebSocket's close frame.
    public private(set) var code: UInt32
    /// Describes the cause, for developers; the client sees it.
    public private(set) var reason: String

    /// Makes a disconnect.
    ///
    /// - Throws: ``RefusalError`` for a code outside ``codes``, for a reason longer than ``longestReason``, and for a
    ///   reason with characters other than printable ASCII.
    public init(code: UInt32, reason: String) throws {
        guard Self.codes.contains(code) else {
            throw RefusalError("A disconnect's code must be in 4000...4999, and \(code) is not.")
        }
        guard reason.utf8.count <= Self.longestReason else {
            throw RefusalError("A disconnect's reason has at most 32 bytes, and this one has \(reason.utf8.count).")
        }
        guard reason.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw RefusalError("A disconnect's reason may have only printable ASCII characters.")
        }
        self.init(uncheckedCode: code, reason: reason)
    }

    /// Makes a disconnect without checking it, for disconnects that a peer sent and for known codes.
    package init(uncheckedCode code: UInt32, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Whether the client's SDK connects again by itself.
    public var isReconnecting: Bool {
        switch code {
        // The codes of the first range are Centrifugo's own.
        case 3500...3999, 4500...4999: false
        default: true
        }
    }
}

extension Disconnect {
    /// 4000: the service is being restarted; the SDK connects again.
    public static let goingAway = Disconnect(uncheckedCode: 4000, reason: "going away")
    /// 4001: the application failed; the SDK connects again.
    public static let serverError = Disconnect(uncheckedCode: 4001, reason: "server error")
    /// 4002: the service is overloaded; the SDK connects again.
    public static let overloaded = Disconnect(uncheckedCode: 4002, reason: "overloaded")
    /// 4500: the client is not authenticated, or its credentials are invalid; the SDK stays closed.
    public static let unauthorized = Disconnect(uncheckedCode: 4500, reason: "unauthorized")
    /// 4501: the service has no handler for connections, so it accepts none; the SDK stays closed.
    public static let noHandler = Disconnect(uncheckedCode: 4501, reason: "no connect handler")
    /// 4502: this user may not connect; the SDK stays closed.
    public static let forbidden = Disconnect(uncheckedCode: 4502, reason: "forbidden")
    /// 4503: the client's request is invalid; the SDK stays closed.
    public static let badRequest = Disconnect(uncheckedCode: 4503, reason: "bad request")
}

extension Disconnect: WireMessage {
    package static var wireName: StaticString { "Disconnect" }

    package init() {
        self.init(uncheckedCode: 0, reason: "")
    }

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&code, "code")
        case 2: try reader.read(&reason, "reason")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(code, field: 1)
        writer.write(reason, field: 2)
    }
}
