public import ProxyMessages

/// The methods of an ``RPCRouter``, while they are being registered.
public struct RPCMethods: Sendable {
    /// Serves one call of a method.
    typealias Handler = @Sendable (RPCRequest, CallContext) async throws -> RPCResult

    private(set) var handlers: [ExactText: Handler] = [:]
    /// The registered methods, in the order of registration.
    public private(set) var list: [RPCMethod] = []
    /// The current prefix of the names that are registered.
    private var prefix = ""

    /// Makes a set without methods.
    public init() {}

    /// Adds a method that decodes the client's data from JSON and answers with the JSON of what it returns.
    ///
    /// Refuses data that cannot be decoded with `CentrifugoError.badRequest`. Missing data is decoded as `{}`.
    ///
    /// - Parameters:
    ///   - name: The method's name, without the names of the groups around it.
    ///   - input: The type of the data.
    ///   - summary: What the method does, in one line, for documentation.
    ///   - handler: Takes the data, the request (with `user` and `meta`) and the context.
    /// - Throws: ``RPCMethodError`` when the name is taken or invalid.
    public mutating func on<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ name: String,
        input: Input.Type = Input.self,
        summary: String? = nil,
        _ handler: @escaping @Sendable (Input, RPCRequest, CallContext) async throws -> Output
    ) throws {
        try add(name, summary, input: "\(Input.self)", output: "\(Output.self)") { request, context in
            let payload = try request.payload
            let input = try (payload.isEmpty ? Self.nothing : payload).decode(Input.self)
            return RPCResult(data: try .json(try await handler(input, request, context)))
        }
    }

    /// Adds a method that ignores the client's data and answers with the JSON of what it returns.
    ///
    /// - Parameters:
    ///   - name: The method's name, without the names of the groups around it.
    ///   - summary: What the method does, in one line, for documentation.
    ///   - handler: Takes the request and the context.
    /// - Throws: ``RPCMethodError`` when the name is taken or invalid.
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
    ///   - name: The method's name, without the names of the groups around it.
    ///   - summary: What the method does, in one line, for documentation.
    ///   - handler: Takes the data, the request and the context.
    /// - Throws: ``RPCMethodError`` when the name is taken or invalid.
    public mutating func onRaw(
        _ name: String,
        summary: String? = nil,
        _ handler: @escaping @Sendable (Payload, RPCRequest, CallContext) async throws -> RPCResult
    ) throws {
        try add(name, summary, input: nil, output: nil) { request, context in
            try await handler(request.payload, request, context)
        }
    }

    /// Registers methods whose names begin with `name:`; groups may be nested.
    ///
    /// - Parameters:
    ///   - name: The namespace, which may be an RPC namespace in Centrifugo's configuration.
    ///   - register: Registers the methods.
    /// - Throws: ``RPCMethodError`` when the name is invalid, and what `register` throws.
    public mutating func group(_ name: String, _ register: (inout RPCMethods) throws -> Void) throws {
        try Self.check(name, as: prefix + name)
        let outer = prefix
        prefix += name + ":"
        defer { prefix = outer }
        try register(&self)
    }

    // The data that stands for a missing payload.
    private static let nothing = Payload.bytes(Array("{}".utf8))

    private mutating func add(
        _ name: String,
        _ summary: String?,
        input: String?,
        output: String?,
        _ handler: @escaping Handler
    ) throws {
        let whole = prefix + name
        try Self.check(name, as: whole)
        guard handlers[ExactText(whole)] == nil else {
            throw RPCMethodError("The method \"\(whole)\" is registered twice; remove one.")
        }
        handlers[ExactText(whole)] = handler
        list.append(RPCMethod(name: whole, summary: summary, input: input, output: output))
    }

    /// Names are visible ASCII, so that no two different methods have names that look alike or compare as equal.
    private static func check(_ name: String, as whole: String) throws {
        guard name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw RPCMethodError(
                "The method \"\(whole)\" has a name with characters other than visible ASCII; remove them."
            )
        }
        guard name.split(separator: ":", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else {
            throw RPCMethodError(
                "The method \"\(whole)\" has an empty part in its name; write a method as \"list\" or \"news:list\"."
            )
        }
    }
}
