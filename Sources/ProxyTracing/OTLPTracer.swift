/// Exports spans.
public struct OTLPTracer: Sendable {}
