package import ProtobufWire

/// Refuses a client's request and keeps its connection; a handler throws it.
///
/// The client's SDK passes code and message to the application. A temporary error means that the same request may
/// succeed later: for a subscription, the SDK then tries again by itself. Centrifugo ignores `temporary` in a stream's
/// first answer.
public struct CentrifugoError: Error, Hashable {
    /// The codes that an application may use.
    public static let codes: ClosedRange<UInt32> = 400...1999

    /// Identifies the error, for programs.
    public private(set) var code: UInt32
    /// Describes the error, for developers; the client sees it.
    public private(set) var message: String
    /// Whether the same request may succeed later.
    public private(set) var temporary: Bool

    /// Makes an error.
    ///
    /// - Throws: ``RefusalError`` for a code outside ``codes``.
    public init(code: UInt32, message: String, temporary: Bool = false) throws {
        guard Self.codes.contains(code) else {
            throw RefusalError("An error's code must be in 400...1999, and \(code) is not.")
        }
        self.init(uncheckedCode: code, message: message, temporary: temporary)
    }

    /// Makes an error without checking the code, for errors that a peer sent and for known codes.
    package init(uncheckedCode code: UInt32, message: String, temporary: Bool = false) {
        self.code = code
        self.message = message
        self.temporary = temporary
    }
}

extension CentrifugoError {
    /// 400: the request is invalid.
    public static let badRequest = CentrifugoError(uncheckedCode: 400, message: "bad request")
    /// 401: the client must authenticate.
    public static let unauthorized = CentrifugoError(uncheckedCode: 401, message: "unauthorized")
    /// 403: this user may not do that.
    public static let permissionDenied = CentrifugoError(uncheckedCode: 403, message: "permission denied")
    /// 404: the requested object does not exist.
    public static let notFound = CentrifugoError(uncheckedCode: 404, message: "not found")
    /// 409: the state has changed meanwhile.
    public static let conflict = CentrifugoError(uncheckedCode: 409, message: "conflict")
    /// 429: too many requests; temporary.
    public static let rateLimited = CentrifugoError(uncheckedCode: 429, message: "rate limited", temporary: true)
    /// 500: the application failed; temporary.
    public static let internalError = CentrifugoError(uncheckedCode: 500, message: "internal error", temporary: true)
    /// 503: the application cannot answer now; temporary.
    public static let unavailable = CentrifugoError(uncheckedCode: 503, message: "unavailable", temporary: true)
}

extension CentrifugoError: WireMessage {
    package static var wireName: StaticString { "Error" }

    package init() {
        self.init(uncheckedCode: 0, message: "")
    }

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&code, "code")
        case 2: try reader.read(&message, "message")
        case 3: try reader.read(&temporary, "temporary")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(code, field: 1)
        writer.write(message, field: 2)
        writer.write(temporary, field: 3)
    }
}
