public import ProxyMessages

/// Serves each call of a client by the method that it names.
///
/// ```swift
/// let commands = try RPCRouter { methods in
///     try methods.on("ping") { _, _ in ["pong": true] }
///     try methods.group("news") { news in
///         try news.on("list", input: ListNews.self, summary: "Lists the latest news.") { input, request, context in
///             try await store.news(of: request.user, page: input.page)
///         }
///     }
/// }
/// let service = ProxyService(rpc: commands)
/// ```
///
/// A call of an unknown method is refused with `CentrifugoError.notFound`.
public actor RPCRouter: RPCHandler {
    /// The methods and their documentation, in the order of registration.
    public nonisolated let methods: [RPCMethod]
    private let handlers: [ExactText: RPCMethods.Handler]
    private let fallback: (any RPCHandler)?

    /// Makes a router from methods.
    ///
    /// - Parameters:
    ///   - methods: The methods.
    ///   - fallback: Serves calls of all other methods.
    public init(_ methods: RPCMethods, fallback: (any RPCHandler)? = nil) {
        self.methods = methods.list
        handlers = methods.handlers
        self.fallback = fallback
    }

    /// Makes a router from the methods that a closure registers.
    ///
    /// - Parameters:
    ///   - fallback: Serves calls of all other methods.
    ///   - register: Registers the methods.
    /// - Throws: What `register` throws.
    public init(fallback: (any RPCHandler)? = nil, _ register: (inout RPCMethods) throws -> Void) rethrows {
        var methods = RPCMethods()
        try register(&methods)
        self.init(methods, fallback: fallback)
    }

    /// Serves a call by its method's handler, on this actor.
    public func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        if let handler = handlers[ExactText(request.method)] { return try await handler(request, context) }
        guard let fallback else {
            context.refusalReason = .noRule
            throw CentrifugoError.notFound
        }
        return try await fallback.rpc(request, context: context)
    }
}
