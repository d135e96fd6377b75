import ProxyMessages
import TopicPatterns

/// The methods of an ``RPCRouter``, while they are being registered.
///
/// The name of a method is a ``TopicPattern``: `ping`, `news:{id:[0-9]+}`, `news:list[:{page}]`. An exact name takes
/// precedence over patterns; among patterns, the one that is registered first applies. In a group, `{method:.+}` as the
/// last name serves every other method of the group.
public struct RPCMethods: Sendable {
    /// Serves one call of a method.
    typealias Handler = @Sendable (RPCRequest, CallContext) async throws -> RPCResult
    /// Serves one call of a method, given the parts of its name.
    typealias MatchHandler = @Sendable (TopicMatch, RPCRequest, CallContext) async throws -> RPCResult

    /// The handlers of exact names, which need no parts of the name.
    private(set) var handlers: [ExactText: Handler] = [:]
    /// All names.
    private(set) var patterns = PatternIndex()
    /// The handler of each pattern, in their order.
    private(set) var matchHandlers: [MatchHandler] = []
    /// The registered methods, in the order of registration.
    public private(set) var list: [RPCMethod] = []
    /// The current prefix of the names that are registered.
    private var prefix = ""

    /// Makes a set without methods.
    public init() {}

    /// Registers methods whose names begin with `name:`; groups may be nested.
    ///
    /// - Parameters:
    ///   - name: The namespace, which may be an RPC namespace in Centrifugo's configuration; it may be a pattern.
    ///   - register: Registers the methods.
    /// - Throws: ``RPCMethodError`` when the name is invalid, and what `register` throws.
    public mutating func group(_ name: String, _ register: (inout RPCMethods) throws -> Void) throws {
        _ = try Self.pattern(name, as: prefix + name)
        let outer = prefix
        prefix += name + ":"
        defer { prefix = outer }
        try register(&self)
    }

    /// Adds a method whose handler does not take the parts of the name.
    mutating func add(
        _ name: String,
        _ summary: String?,
        input: String?,
        output: String?,
        _ handler: @escaping Handler
    ) throws {
        let place = list.count
        let pattern = try add(name, summary, input: input, output: output, matched: { try await handler($1, $2) })
        // The index would find them as well; a dictionary does it faster.
        for variant in pattern.variants where variant.names.isEmpty {
            let text = variant.outline
            if patterns.lookUp(text)?.place == place { handlers[ExactText(text)] = handler }
        }
    }

    /// Adds a method whose handler takes the parts of the name.
    @discardableResult
    mutating func add(
        _ name: String,
        _ summary: String?,
        input: String?,
        output: String?,
        matched handler: @escaping MatchHandler
    ) throws -> TopicPattern {
        let pattern = try Self.pattern(name, as: prefix + name)
        do throws(PatternConflictError) {
            try patterns.add(pattern)
        } catch {
            throw RPCMethodError(error.sentence(about: "method", texts: "names"))
        }
        matchHandlers.append(handler)
        list.append(
            RPCMethod(
                name: pattern.text,
                parameters: pattern.parameters,
                summary: summary,
                input: input,
                output: output
            )
        )
        return pattern
    }

    /// Names are visible ASCII, so that no two different methods have names that look alike or compare as equal.
    private static func pattern(_ name: String, as whole: String) throws -> TopicPattern {
        guard name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw RPCMethodError(
                "The method \"\(whole)\" has a name with characters other than visible ASCII; remove them."
            )
        }
        guard !name.isEmpty else { throw emptyPart(of: whole) }
        let pattern: TopicPattern
        do {
            pattern = try TopicPattern(whole)
        } catch {
            throw RPCMethodError("The method \"\(whole)\" cannot be registered. \(error)")
        }
        for variant in pattern.variants {
            let parts = variant.outline.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.allSatisfy({ !$0.isEmpty }) else { throw emptyPart(of: whole) }
        }
        return pattern
    }

    private static func emptyPart(of name: String) -> RPCMethodError {
        RPCMethodError(
            "The method \"\(name)\" has an empty part in its name; write a method as \"list\" or \"news:list\"."
        )
    }
}
