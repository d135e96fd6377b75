/// Why a method cannot be registered.
public struct RPCMethodError: Error, Hashable, CustomStringConvertible {
    /// A sentence that names the method and what to change.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
