public import ProxyMessages
public import TopicPatterns

extension RPCMethods {
    /// Adds a method that decodes the client's data from JSON and answers with the JSON of what it returns.
    ///
    /// Refuses data that cannot be decoded with `CentrifugoError.badRequest`. Missing data is decoded as `{}`.
    ///
    /// - Parameters:
    ///   - name: The method's name or pattern, without the names of the groups around it.
    ///   - input: The type of the data.
    ///   - summary: What the method does, in one line, for documentation.
    ///   - handler: Takes the data, the request (with `user` and `meta`) and the context.
    /// - Throws: ``RPCMethodError`` when the name is invalid, or earlier methods match all names that it matches.
    public mutating func on<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ name: String,
        input: Input.Type = Input.self,
        summary: String? = nil,
        _ handler: @escaping @Sendable (Input, RPCRequest, CallContext) async throws -> Output
    ) throws {
        try add(name, summary, input: "\(Input.self)", output: "\(Output.self)") { request, context in
            RPCResult(data: try .json(try await handler(request.input(), request, context)))
        }
    }

    /// Adds a method that ignores the client's data and answers with the JSON of what it returns.
    ///
    /// - Parameters:
    ///   - name: The method's name or pattern, without the names of the groups around it.
    ///   - summary: What the method does, in one line, for documentation.
    ///   - handler: Takes the request and the context.
    /// - Throws: ``RPCMethodError`` when the name is invalid, or earlier methods match all names that it matches.
    public mutating func on<Output: Encodable & SendableMetatype>(
        _ name: String,
        summary: String? = nil,
        _ handler: @escaping @Sendable (RPCRequest, CallContext) async throws -> Output
    ) throws {
        try add(name, summary, input: nil, output: "\(Output.self)") { request, context in
            RPCResult(data: try .json(try await handler(request, context)))
        }
    }

    /// Adds a method that takes the client's data, and answers with the handler's, without decoding or encoding.
    ///
    /// - Parameters:
    ///   - name: The method's name or pattern, without the names of the groups around it.
    ///   - summary: What the method does, in one line, for documentation.
    ///   - handler: Takes the data, the request and the context.
    /// - Throws: ``RPCMethodError`` when the name is invalid, or earlier methods match all names that it matches.
    public mutating func onRaw(
        _ name: String,
        summary: String? = nil,
        _ handler: @escaping @Sendable (Payload, RPCRequest, CallContext) async throws -> RPCResult
    ) throws {
        try add(name, summary, input: nil, output: nil) { request, context in
            try await handler(request.payload, request, context)
        }
    }
}

extension RPCMethods {
    /// Adds the methods of a pattern, which decode the client's data and answer with the JSON of what they return.
    ///
    /// Refuses data that cannot be decoded with `CentrifugoError.badRequest`. Missing data is decoded as `{}`.
    ///
    /// - Parameters:
    ///   - pattern: The form of the names, without the names of the groups around it; see ``TopicPattern``.
    ///   - input: The type of the data.
    ///   - summary: What the methods do, in one line, for documentation.
    ///   - handler: Takes the data, the parts of the called name, the request and the context.
    /// - Throws: ``RPCMethodError`` when the pattern is invalid, or earlier methods match all names that it matches.
    public mutating func on<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ pattern: String,
        input: Input.Type = Input.self,
        summary: String? = nil,
        _ handler: @escaping @Sendable (Input, TopicMatch, RPCRequest, CallContext) async throws -> Output
    ) throws {
        try add(pattern, summary, input: "\(Input.self)", output: "\(Output.self)") { match, request, context in
            RPCResult(data: try .json(try await handler(request.input(), match, request, context)))
        }
    }

    /// Adds the methods of a pattern, which ignore the client's data and answer with the JSON of what they return.
    ///
    /// - Parameters:
    ///   - pattern: The form of the names, without the names of the groups around it; see ``TopicPattern``.
    ///   - summary: What the methods do, in one line, for documentation.
    ///   - handler: Takes the parts of the called name, the request and the context.
    /// - Throws: ``RPCMethodError`` when the pattern is invalid, or earlier methods match all names that it matches.
    public mutating func on<Output: Encodable & SendableMetatype>(
        _ pattern: String,
        summary: String? = nil,
        _ handler: @escaping @Sendable (TopicMatch, RPCRequest, CallContext) async throws -> Output
    ) throws {
        try add(pattern, summary, input: nil, output: "\(Output.self)") { match, request, context in
            RPCResult(data: try .json(try await handler(match, request, context)))
        }
    }

    /// Adds the methods of a pattern, which take the client's data and answer without decoding or encoding.
    ///
    /// - Parameters:
    ///   - pattern: The form of the names, without the names of the groups around it; see ``TopicPattern``.
    ///   - summary: What the methods do, in one line, for documentation.
    ///   - handler: Takes the data, the parts of the called name, the request and the context.
    /// - Throws: ``RPCMethodError`` when the pattern is invalid, or earlier methods match all names that it matches.
    public mutating func onRaw(
        _ pattern: String,
        summary: String? = nil,
        _ handler: @escaping @Sendable (Payload, TopicMatch, RPCRequest, CallContext) async throws -> RPCResult
    ) throws {
        try add(pattern, summary, input: nil, output: nil) { match, request, context in
            try await handler(request.payload, match, request, context)
        }
    }
}

extension RPCRequest {
    // The data that stands for a missing payload.
    private static let nothing = Payload.bytes(Array("{}".utf8))

    /// The client's data as a method's input.
    fileprivate func input<Input: Decodable>() throws -> Input {
        let payload = try self.payload
        return try (payload.isEmpty ? Self.nothing : payload).decode(Input.self)
    }
}
