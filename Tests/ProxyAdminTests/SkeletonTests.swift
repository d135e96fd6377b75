import Testing

@testable import ProxyAdmin

@Suite struct SkeletonTests { @Test func builds() {} }
