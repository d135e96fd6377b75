// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let cSettings: [CSetting] = [
    .enableWarning("all"),
    .enableWarning("extra"),
    .treatAllWarnings(as: .error),
]

// The products of other packages that several targets use.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioConcurrencyHelpers = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
/// For targets that have something to do with tokens, and something without.
let tokens = Target.Dependency.target(name: "ProxyTokens", condition: .when(traits: ["Tokens"]))

/// A program of the README.
func example(_ name: String, in folder: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["CentrifugoProxy", logging, serviceLifecycle, unixSignals],
        path: "Examples/\(folder)"
    )
}

let package = Package(
    name: "centrifugo-proxy",
    products: [
        .library(name: "CentrifugoProxy", targets: ["CentrifugoProxy"]),
        .library(name: "CentrifugoProxyTesting", targets: ["CentrifugoProxyTesting"]),
        .executable(name: "centrifugo-proxy", targets: ["CentrifugoProxyCommand"]),
        .plugin(name: "create-handler", targets: ["create-handler"]),
        .library(name: "ProxyHTTPBridge", targets: ["ProxyHTTPBridge"]),
        .library(name: "ProxyTokens", targets: ["ProxyTokens"]),
        .library(name: "ProxyTokensJWT", targets: ["ProxyTokensJWT"]),
        .library(name: "ProxyTokensPostgreSQL", targets: ["ProxyTokensPostgreSQL"]),
        .library(name: "ProxyTokensSQLite", targets: ["ProxyTokensSQLite"]),
    ],
    // What is behind a trait is neither resolved nor built without it.
    traits: [
        .trait(name: "Tokens", description: "ProxyTokens: connect and refresh by tokens."),
        .trait(name: "SQLite", description: "ProxyTokensSQLite: tokens in a file.", enabledTraits: ["Tokens"]),
        .trait(
            name: "PostgreSQL",
            description: "ProxyTokensPostgreSQL: tokens in a database.",
            enabledTraits: ["Tokens"]
        ),
        .trait(name: "JWT", description: "ProxyTokensJWT: signed tokens.", enabledTraits: ["Tokens"]),
        .trait(name: "HTTPBridge", description: "ProxyHTTPBridge: answers RPC by calling an HTTP server."),
        .trait(name: "TOML", description: "`doctor` and `explain` read Centrifugo's configurations in TOML as well."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.1.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // Bytes: protobuf's wire format, and Centrifugo's messages on it.
        .target(name: "ProtobufWire"),
        .target(name: "ProxyMessages", dependencies: ["ProtobufWire"]),
        // The language of topics' patterns.
        .target(name: "TopicPatterns"),

        // Protocol: HTTP/2 frames by nghttp2, then gRPC's rules on them.
        .systemLibrary(name: "CNghttp2System", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .target(name: "CNghttp2", dependencies: ["CNghttp2System"], cSettings: cSettings),
        .target(name: "HTTP2Framing", dependencies: ["CNghttp2"]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "GRPCCall", dependencies: ["CZlib", "HTTP2Framing"]),

        // I/O: sockets and event loops.
        .target(
            name: "HTTP2Transport",
            dependencies: ["HTTP2Framing", logging, nioConcurrencyHelpers, nioCore, nioPosix, nioSSL, nioTLS]
        ),

        // Application: what users import, and the ready server.
        .target(
            name: "CentrifugoProxy",
            dependencies: [
                "GRPCCall", "HTTP2Framing", "HTTP2Transport", "ProtobufWire", "ProxyMessages", "TopicPatterns", logging,
                metrics, serviceLifecycle,
            ]
        ),
        // The ready server: rules from a file.
        .target(
            name: "ProxyPolicy",
            dependencies: [
                "CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "GRPCCall", "ProtobufWire", "ProxyMessages",
                .target(name: "ProxyHTTPBridge", condition: .when(traits: ["HTTPBridge"])), tokens,
                .target(name: "ProxyTokensJWT", condition: .when(traits: ["JWT"])),
                .target(name: "ProxyTokensPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                .target(name: "ProxyTokensSQLite", condition: .when(traits: ["SQLite"])),
                .product(name: "Configuration", package: "swift-configuration"), logging, serviceLifecycle,
                yams,
            ],
            resources: [.embedInCode("starter.yaml")]
        ),
        // For the tests of those who use it: calls a service in memory, and says what Centrifugo makes of an answer.
        .target(
            name: "CentrifugoProxyTesting",
            dependencies: ["CentrifugoProxy", "GRPCCall", "ProtobufWire", "ProxyMessages", logging]
        ),
        // What Centrifugo does with a configuration of its own, and with a client's commands.
        .target(
            name: "CentrifugoModel",
            dependencies: [
                "CentrifugoProxy", yams,
                .product(name: "TOMLKit", package: "TOMLKit", condition: .when(traits: ["TOML"])),
            ]
        ),
        // What of such a configuration will not work with the server.
        .target(name: "CentrifugoDoctor", dependencies: ["CentrifugoModel", "CentrifugoProxy"]),
        // A client for tools: calls events by the names of their fields.
        .target(
            name: "EventCaller",
            dependencies: [
                "CentrifugoProxy", "GRPCCall", "HTTP2Framing", "HTTP2Transport", "ProtobufWire", "ProxyMessages",
            ]
        ),
        .executableTarget(
            name: "CentrifugoProxyCommand",
            dependencies: [
                "CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "HTTP2Transport", "EventCaller",
                "ProxyPolicy",
                "Scaffolding", tokens, argumentParser, logging, serviceLifecycle, unixSignals,
            ]
        ),

        // What a new handler and a new package are made of, for `centrifugo-proxy new` and the plugin.
        .target(name: "Scaffolding"),
        .executableTarget(
            name: "scaffold-tool",
            dependencies: ["Scaffolding"],
            path: "Sources/ScaffoldTool"
        ),
        .plugin(
            name: "create-handler",
            capability: .command(
                intent: .custom(verb: "create-handler", description: "Write a handler for an event, and its test."),
                permissions: [.writeToPackageDirectory(reason: "to write the handler and its test")]
            ),
            dependencies: ["scaffold-tool"],
            path: "Plugins/CreateHandler"
        ),

        // Optional, with the trait HTTPBridge: RPC as calls of an HTTP server. Without the trait it is empty.
        .target(
            name: "ProxyHTTPBridge",
            dependencies: [
                "CentrifugoProxy", "HTTP2Transport",
                .product(
                    name: "AsyncHTTPClient",
                    package: "async-http-client",
                    condition: .when(traits: ["HTTPBridge"])
                ),
                logging, metrics, nioCore, nioHTTP1, serviceLifecycle,
            ]
        ),

        // Tokens, and where they are kept, each behind a trait.
        .target(
            name: "ProxyTokens",
            dependencies: [
                "CentrifugoProxy",
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Tokens"])), logging,
                metrics,
            ]
        ),
        .target(
            name: "ProxyTokensSQLite",
            dependencies: [
                "CentrifugoProxy", "ProxyTokens",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ]
        ),
        .target(
            name: "ProxyTokensJWT",
            dependencies: [
                "CentrifugoProxy", "ProxyTokens",
                .product(name: "JWTKit", package: "jwt-kit", condition: .when(traits: ["JWT"])), logging,
            ]
        ),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "ProxyTokensPostgreSQL",
            dependencies: [
                .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])), "CentrifugoProxy",
                "ProxyTokens",
                logging,
            ]
        ),

        // The README's examples.
        example("hello-world", in: "HelloWorld"),
        example("streams-example", in: "Streams"),
        example("deployment-example", in: "Deployment"),
        // The programs of the documentation's pages.
        .executableTarget(
            name: "recipes",
            dependencies: [
                "CentrifugoProxy", .target(name: "ProxyHTTPBridge", condition: .when(traits: ["HTTPBridge"])),
                tokens, argumentParser, logging, serviceLifecycle, unixSignals,
            ],
            path: "Examples/Recipes"
        ),

        // Tests. CProxyOracle is protobuf-c's code for Protos/proxy.proto, which Scripts/test generates.
        .target(
            name: "CProxyOracle",
            path: "Tests/CProxyOracle",
            cSettings: cSettings,
            linkerSettings: [.linkedLibrary("protobuf-c")]
        ),
        .executableTarget(
            name: "probe-server",
            dependencies: ["CentrifugoProxy", argumentParser, logging, serviceLifecycle, unixSignals],
            path: "Tests/ProbeServer"
        ),
        .testTarget(name: "ProtobufWireTests", dependencies: ["ProtobufWire"]),
        .testTarget(
            name: "ProxyMessagesTests",
            dependencies: ["CProxyOracle", "HTTP2FrameKit", "ProtobufWire", "ProxyMessages"]
        ),
        // Raw HTTP/2 frames, for the tests of sessions and of sockets; and numbers that follow from a seed.
        .target(name: "HTTP2FrameKit", path: "Tests/HTTP2FrameKit"),
        .testTarget(
            name: "HTTP2FramingTests",
            dependencies: ["HTTP2FrameKit", "HTTP2Framing"]
        ),
        .testTarget(name: "TopicPatternsTests", dependencies: ["CentrifugoProxy", "HTTP2FrameKit", "TopicPatterns"]),
        .testTarget(name: "GRPCCallTests", dependencies: ["GRPCCall", "HTTP2Framing"]),
        .testTarget(
            name: "HTTP2TransportTests",
            dependencies: [
                "HTTP2FrameKit", "HTTP2Framing", "HTTP2Transport", logging, nioConcurrencyHelpers, nioCore, nioEmbedded,
                nioPosix, nioSSL,
            ]
        ),
        // What the tests of tokens share: what every storage does, clocks, gates.
        .target(
            name: "TokenTestKit",
            dependencies: ["CentrifugoProxy", "ProxyTokens", logging],
            path: "Tests/TokenTestKit"
        ),
        .testTarget(
            name: "ProxyTokensTests",
            dependencies: [
                "CentrifugoProxy", "HTTP2FrameKit", "ProxyTokens", "TokenTestKit", logging, metrics, metricsTestKit,
            ]
        ),
        .testTarget(
            name: "ProxyTokensSQLiteTests",
            dependencies: [
                "ProxyTokens", "ProxyTokensSQLite", "TokenTestKit",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ]
        ),
        .testTarget(
            name: "ProxyTokensJWTTests",
            dependencies: ["CentrifugoProxy", "ProxyTokens", "ProxyTokensJWT", "TokenTestKit", logging]
        ),
        .testTarget(name: "CentrifugoModelTests", dependencies: ["CentrifugoModel", "CentrifugoProxy"]),
        .testTarget(
            name: "CentrifugoDoctorTests",
            dependencies: ["CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "HTTP2FrameKit"]
        ),
        .testTarget(
            name: "EventCallerTests",
            dependencies: [
                "CentrifugoProxy", "GRPCCall", "HTTP2Framing", "HTTP2Transport", "ProtobufWire", "EventCaller",
                "ProxyMessages", logging, serviceLifecycle,
            ]
        ),
        .testTarget(
            name: "RecipesTests",
            dependencies: [
                "CentrifugoProxy", "CentrifugoProxyTesting", "GRPCCall", "ProxyMessages", "recipes", tokens, logging,
            ]
        ),
        .testTarget(
            name: "ProxyTokensPostgreSQLTests",
            dependencies: ["ProxyTokens", "ProxyTokensPostgreSQL", "TokenTestKit", logging]
        ),
        .testTarget(
            name: "ProxyPolicyTests",
            dependencies: [
                "CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "ProtobufWire", "ProxyMessages",
                "ProxyPolicy",
                tokens, logging,
            ]
        ),
        .testTarget(
            name: "ScaffoldingTests",
            dependencies: ["CentrifugoProxy", "Scaffolding"]
        ),
        // What Scripts/fuzz feeds with arbitrary bytes; the tests feed it with the committed seeds.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "CentrifugoProxy", "GRPCCall", "HTTP2FrameKit", "HTTP2Framing", "ProtobufWire", "ProxyMessages",
            ],
            path: "Tests/FuzzTargets"
        ),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets"]),
        .testTarget(
            name: "CentrifugoProxyTests",
            dependencies: [
                "CentrifugoProxy", "CentrifugoProxyTesting", "GRPCCall", "HTTP2FrameKit", "HTTP2Framing",
                "HTTP2Transport", "ProtobufWire", "ProxyMessages", logging, metrics, metricsTestKit,
                nioConcurrencyHelpers, nioCore, nioPosix, nioSSL, serviceLifecycle,
            ]
        ),
        .testTarget(
            name: "CentrifugoProxyTestingTests",
            dependencies: [
                "CentrifugoModel", "CentrifugoProxy", "CentrifugoProxyTesting", "GRPCCall", "ProxyMessages", logging,
            ]
        ),
        // The tests of the documentation's page about tests.
        .testTarget(
            name: "ExamplesTests",
            dependencies: ["CentrifugoProxyTesting", "recipes"],
            path: "Examples/Tests"
        ),
        .testTarget(
            name: "ProxyHTTPBridgeTests",
            dependencies: [
                "CentrifugoProxy", "HTTP2FrameKit", "ProxyHTTPBridge", logging, metrics, metricsTestKit,
                nioConcurrencyHelpers, nioCore, nioPosix, serviceLifecycle,
            ]
        ),
    ]
)

// Only libFuzzer has the `main` for this one: Scripts/fuzz asks for it.
if Context.environment["CENTRIFUGO_PROXY_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz-target",
            dependencies: ["FuzzTargets"],
            path: "Tests/FuzzMain"
        )
    )
}

// The codecs, for the benchmark that times them: see Benchmarks/Package.swift.
if Context.environment["CENTRIFUGO_PROXY_BENCH"] != nil {
    package.products.append(.library(name: "CodecProbe", targets: ["CodecProbe"]))
    let codecs: [Target.Dependency] = ["ProtobufWire", "ProxyMessages"]
    package.targets.append(
        .target(name: "CodecProbe", dependencies: codecs, path: "Benchmarks/CodecProbe")
    )
}

// All targets with code of Swift are compiled alike.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = swiftSettings
}
