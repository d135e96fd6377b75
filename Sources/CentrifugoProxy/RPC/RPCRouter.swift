public import ProxyMessages
import TopicPatterns

/// Serves each call of a client by the method that it names.
///
/// ```swift
/// let commands = try RPCRouter { methods in
///     try methods.on("ping") { _, _ in ["pong": true] }
///     try methods.group("news") { news in
///         try news.on("list", input: ListNews.self, summary: "Lists the latest news.") { input, request, context in
///             try await store.news(of: request.user, page: input.page)
///         }
///         try news.on("{id:[0-9]+}") { match, request, context in try await store.article(match.int("id")) }
///     }
/// }
/// let service = ProxyService(rpc: commands)
/// ```
///
/// Exact names are looked up in a dictionary, and others as ``TopicRegistry`` does: neither takes longer for more methods.
/// A call of an unknown method is refused with `CentrifugoError.notFound`.
public actor RPCRouter: RPCHandler {
    /// The methods and their documentation, in the order of registration.
    public nonisolated let methods: [RPCMethod]
    private let handlers: [ExactText: RPCMethods.Handler]
    private let patterns: PatternIndex
    private let matchHandlers: [RPCMethods.MatchHandler]
    private let fallback: (any RPCHandler)?

    /// Makes a router from methods.
    ///
    /// - Parameters:
    ///   - methods: The methods.
    ///   - fallback: Serves calls of all other methods.
    public init(_ methods: RPCMethods, fallback: (any RPCHandler)? = nil) {
        self.methods = methods.list
        handlers = methods.handlers
        patterns = methods.patterns
        matchHandlers = methods.matchHandlers
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
        if let (place, match) = patterns.lookUp(request.method) {
            return try await matchHandlers[place](match, request, context)
        }
        guard let fallback else {
            context.refusalReason = .noRule
            throw CentrifugoError.notFound
        }
        return try await fallback.rpc(request, context: context)
    }
}
