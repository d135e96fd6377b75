/// The key of a value that interceptors add to a call's context, and that what comes behind them reads.
///
/// ```swift
/// enum Tenant: CallAttribute { typealias Value = String }
///
/// var context = context
/// context[Tenant.self] = "blue"
/// return try await next(request, context)
/// ```
public protocol CallAttribute {
    /// What is kept under the key.
    associatedtype Value: Sendable
}

extension CallContext {
    /// The value of an attribute; nil unless an interceptor before has set it.
    ///
    /// A context is a value: what is set in a copy is seen by those that get this copy.
    public subscript<Attribute: CallAttribute>(_ attribute: Attribute.Type) -> Attribute.Value? {
        get { attributes?[ObjectIdentifier(attribute)] as? Attribute.Value }
        set {
            // Most calls have none, and then there is nothing to copy with the context.
            var changed = attributes ?? [:]
            changed[ObjectIdentifier(attribute)] = newValue
            attributes = changed
        }
    }
}
