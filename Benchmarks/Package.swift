// swift-tools-version: 6.2
import PackageDescription

// Servers to measure beside each other, and a benchmark of the codecs: Scripts/bench compare and Scripts/bench variants
// build and run them. A package of its own, so that nobody who uses the library resolves what it is compared with.

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let swiftProtobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "centrifugo-proxy-benchmarks",
    dependencies: [
        .package(name: "centrifugo-proxy", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "ProxyBenchServer",
            dependencies: [
                .product(name: "CentrifugoProxy", package: "centrifugo-proxy"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                argumentParser,
            ],
            swiftSettings: swiftSettings
        ),
        // Protobuf's messages by protoc-gen-swift, which Scripts/bench compare runs.
        .target(name: "ProxyProtos", dependencies: [swiftProtobuf]),
        .executableTarget(
            name: "GRPCSwiftServer",
            dependencies: [
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "NIOPosix", package: "swift-nio"),
                "ProxyProtos",
                argumentParser,
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "CodecBenchmark",
            dependencies: [
                .product(name: "CodecProbe", package: "centrifugo-proxy"),
                "ProxyProtos",
                argumentParser,
                swiftProtobuf,
            ],
            swiftSettings: swiftSettings
        ),
    ]
)

// The codecs are not public. Scripts/bench sets this, and so makes them visible to the benchmark and nobody else.
if Context.environment["CENTRIFUGO_PROXY_BENCH"] == nil {
    package.targets.removeAll { $0.name == "CodecBenchmark" }
}
