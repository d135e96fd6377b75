import Testing

@testable import ProxyLogging

@Suite struct SkeletonTests { @Test func builds() {} }
