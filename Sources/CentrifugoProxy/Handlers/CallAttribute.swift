/// The key of a value that an interceptor adds to a call's context, for later interceptors and the handler to read.
///
/// ```swift
/// enum Tenant: CallAttribute { typealias Value = String }
///
/// var context = context
/// context[Tenant.self] = "blue"
/// return try await next(request, context)
/// ```
public protocol CallAttribute {
    /// The type of the value.
    associatedtype Value: Sendable
}

extension CallContext {
    /// The value of an attribute; nil unless an earlier interceptor has set it.
    ///
    /// A context is a value: setting an attribute in a copy affects only that copy and copies of it.
    public subscript<Attribute: CallAttribute>(_ attribute: Attribute.Type) -> Attribute.Value? {
        get { attributes?[ObjectIdentifier(attribute)] as? Attribute.Value }
        set {
            // Most calls have no attributes, so that copying the context copies no dictionary.
            var changed = attributes ?? [:]
            changed[ObjectIdentifier(attribute)] = newValue
            attributes = changed
        }
    }
}
