import Testing

@testable import MetricsExposition

@Suite struct SkeletonTests { @Test func builds() {} }
