package import HTTP2Framing

extension GRPCStatus {
    /// The most bytes of `grpc-message` that a status sends.
    ///
    /// An HTTP/2 peer may refuse large trailers, and the call would then have no answer at all; a shortened text is
    /// better.
    static let maximumMessageByteCount = 4096

    /// The trailers that carry this status: `grpc-status`, and `grpc-message` unless it is empty.
    ///
    /// - Parameter acceptEncoding: Whether to add the encodings that this server reads, which gRPC requires when an
    ///   encoding is refused as unknown.
    /// - Returns: Names and values, in the order in which they are sent.
    package func trailers(acceptEncoding: Bool = false) -> [(name: String, value: String)] {
        var trailers = [(name: "grpc-status", value: String(code.rawValue))]
        if !message.isEmpty {
            let encoded = PercentEncoding.encode(message, maximumByteCount: Self.maximumMessageByteCount)
            trailers.append((name: "grpc-message", value: encoded))
        }
        if acceptEncoding {
            trailers.append((name: "grpc-accept-encoding", value: MessageEncoding.accepted))
        }
        return trailers
    }

    /// Reads the status from received trailers; `nil` when they contain no valid `grpc-status`.
    ///
    /// An undefined number becomes `unknown`, as gRPC's status codes document requires.
    package init?(trailers: some Sequence<HeaderField>) {
        var code: Code?
        var message = ""
        for field in trailers {
            switch field.name {
            case "grpc-status":
                guard let text = String(validating: field.value, as: UTF8.self), let number = Int(text) else {
                    return nil
                }
                code = Code(rawValue: number) ?? .unknown
            case "grpc-message": message = PercentEncoding.decode(field.value)
            default: break
            }
        }
        guard let code else { return nil }
        self.init(code, message)
    }
}
