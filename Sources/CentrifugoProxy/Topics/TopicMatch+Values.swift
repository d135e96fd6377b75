import ProxyMessages
public import TopicPatterns

extension TopicMatch {
    /// A parameter as another type.
    ///
    /// Whole numbers must be written as Swift writes them: `user-007` is not the channel of user 7.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - type: The type to convert it to.
    /// - Returns: The value.
    /// - Throws: `CentrifugoError.badRequest` when the channel lacks the parameter or its text cannot be converted;
    ///   ``TopicError`` when the pattern has no such parameter.
    public func value<Value: LosslessStringConvertible>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws -> Value {
        guard let text = self[name] else {
            guard pattern.parameters.contains(name) else {
                throw TopicError(
                    .unknownParameter,
                    "The topic pattern \"\(pattern)\" has no parameter {\(name)}, only \(pattern.parameters)."
                )
            }
            throw CentrifugoError.badRequest
        }
        guard let value = Value(text), !(value is any BinaryInteger) || value.description == text else {
            throw CentrifugoError.badRequest
        }
        return value
    }

    /// A parameter as a whole number.
    ///
    /// - Throws: As ``value(_:as:)`` does.
    public func int(_ name: String) throws -> Int {
        try value(name)
    }
}
