/// The documentation of a method that clients can call.
public struct RPCMethod: Sendable, Hashable {
    /// The whole name or pattern, such as `news:list` or `news:{id}`.
    public let name: String
    /// The names of the pattern's parameters, in their order; empty for an exact name.
    public let parameters: [String]
    /// What it does, in one line.
    public let summary: String?
    /// The type that the client's data is decoded as; nil when it is ignored, or left to the handler.
    public let input: String?
    /// The type that is answered as JSON; nil when that is left to the handler.
    public let output: String?
}
