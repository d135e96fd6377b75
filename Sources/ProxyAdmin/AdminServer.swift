/// The listener for operators.
public struct AdminServer: Sendable {}
