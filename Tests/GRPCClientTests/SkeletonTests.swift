import Testing

@testable import GRPCClient

@Suite struct SkeletonTests { @Test func builds() {} }
