import Testing

@testable import ProxyTracing

@Suite struct SkeletonTests { @Test func builds() {} }
