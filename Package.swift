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

let cSettings: [CSetting] = [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]

// The products of other packages that several targets use.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nioConcurrencyHelpers = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A target that is used when one of this package's traits is set.
func target(_ name: String, trait: String) -> Target.Dependency {
    .target(name: name, condition: .when(traits: [trait]))
}

/// A product of another package that is used when one of this package's traits is set.
func product(_ name: String, of package: String, trait: String) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: [trait]))
}

let nioSSL = product("NIOSSL", of: "swift-nio-ssl", trait: "TLS")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let tokens = target("ProxyTokens", trait: "Tokens")
let httpBridge = target("ProxyHTTPBridge", trait: "HTTPBridge")
let httpUpstream = target("HTTPUpstream", trait: "HTTPBridge")
let crypto = product("Crypto", of: "swift-crypto", trait: "Tokens")
let jwtKit = product("JWTKit", of: "jwt-kit", trait: "JWT")
let libpq = target("CPostgreSQL", trait: "PostgreSQL")
let grdb = product("GRDB", of: "GRDB.swift", trait: "SQLite")

/// A program that the documentation shows.
func example(_ name: String, in folder: String, _ more: [Target.Dependency] = []) -> Target {
    let dependencies: [Target.Dependency] = ["CentrifugoProxy", logging, serviceLifecycle, unixSignals]
    return .executableTarget(name: name, dependencies: dependencies + more, path: "Examples/\(folder)")
}

/// The libraries that are empty without their traits.
let optional = ["ProxyHTTPBridge", "ProxyTokens", "ProxyTokensJWT", "ProxyTokensPostgreSQL", "ProxyTokensSQLite"]

/// The tests, each in the folder of its name, and what they import.
let tests: KeyValuePairs<String, [Target.Dependency]> = [
    "ProtobufWireTests": ["ProtobufWire"],
    "ProxyMessagesTests": ["CProxyOracle", "HTTP2FrameKit", "ProtobufWire", "ProxyMessages"],
    "TopicPatternsTests": ["CentrifugoProxy", "HTTP2FrameKit", "TopicPatterns"],
    "HTTP2FramingTests": ["HTTP2FrameKit", "HTTP2Framing"],
    "GRPCCallTests": ["GRPCCall", "HTTP2Framing"],
    "GRPCClientTests": [
        "GRPCCall", "GRPCClient", "HTTP2FrameKit", "HTTP2Framing", "HTTP2Transport", nioCore, nioPosix,
    ],
    "HTTP2TransportTests": [
        "HTTP2FrameKit", "HTTP2Framing", "HTTP2Transport", "LogTestKit", logging, nioConcurrencyHelpers, nioCore,
        .product(name: "NIOEmbedded", package: "swift-nio"), nioPosix, nioSSL,
    ],
    "CentrifugoProxyTests": [
        "CentrifugoProxy", "CentrifugoProxyTesting", "GRPCCall", "HTTP2FrameKit", "HTTP2Framing", "HTTP2Transport",
        "ProtobufWire", "ProxyMessages", .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        logging,
        metrics, metricsTestKit, nioConcurrencyHelpers, nioCore, nioPosix, nioSSL, serviceLifecycle, tracing,
    ],
    "CentrifugoProxyTestingTests": [
        "CentrifugoModel", "CentrifugoProxy", "CentrifugoProxyTesting", "GRPCCall", "ProxyMessages", logging,
    ],
    "FuzzTargetsTests": ["FuzzTargets"],
    "MetricsExpositionTests": ["MetricsExposition", metrics],
    "ProxyLoggingTests": ["HTTP2FrameKit", "ProxyLogging", logging],
    "ProxyTracingTests": ["ProtobufWire", "ProxyTracing", logging, tracing],
    "ProxyAdminTests": [
        "CentrifugoProxy", "HTTP2FrameKit", "MetricsExposition", "ProxyAdmin", logging, nioCore, nioPosix,
        serviceLifecycle,
    ],
    "ProxyPolicyTests": [
        "CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "EventCaller", "ProtobufWire", "ProxyMessages",
        "ProxyPolicy", "ProxyTracing", "LogTestKit", tokens, logging,
    ],
    "CentrifugoModelTests": ["CentrifugoModel", "CentrifugoProxy"],
    "CentrifugoDoctorTests": ["CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "HTTP2FrameKit"],
    "EventCallerTests": [
        "CentrifugoProxy", "EventCaller", "GRPCCall", "GRPCClient", "HTTP2Transport", "ProtobufWire", "ProxyMessages",
        logging, serviceLifecycle,
    ],
    "ScaffoldingTests": ["CentrifugoProxy", "Scaffolding"],
    "RecipesTests": [
        "CentrifugoProxy", "CentrifugoProxyTesting", "GRPCCall", "ProxyMessages", "recipes", tokens, logging,
    ],
    "ProxyHTTPBridgeTests": [
        "CentrifugoProxy", "HTTP2FrameKit", "LogTestKit", "ProxyHTTPBridge", "TokenTestKit", "UpstreamTestKit", logging,
        metrics,
        metricsTestKit, nioConcurrencyHelpers, nioCore, nioPosix, serviceLifecycle,
    ],
    "ProxyTokensTests": [
        "CentrifugoProxy", "HTTP2FrameKit", "LogTestKit", "ProxyTokens", "TokenTestKit", logging, metrics,
        metricsTestKit,
    ],
    "ProxyTokensSQLiteTests": ["ProxyTokens", "ProxyTokensSQLite", "TokenTestKit", grdb],
    "ProxyTokensJWTTests": [
        "CentrifugoProxy", "LogTestKit", "ProxyTokens", "ProxyTokensJWT", "TokenTestKit", "UpstreamTestKit", logging,
        serviceLifecycle,
    ],
    "ProxyTokensPostgreSQLTests": ["LogTestKit", "ProxyTokens", "ProxyTokensPostgreSQL", "TokenTestKit", logging],
]

let package = Package(
    name: "centrifugo-proxy",
    products: [
        .library(name: "CentrifugoProxy", targets: ["CentrifugoProxy"]),
        .library(name: "CentrifugoProxyTesting", targets: ["CentrifugoProxyTesting"]),
        .library(name: "ProxyAdmin", targets: ["ProxyAdmin"]),
        .library(name: "ProxyTracing", targets: ["ProxyTracing"]),
        .executable(name: "centrifugo-proxy", targets: ["CentrifugoProxyCommand"]),
        .plugin(name: "create-handler", targets: ["create-handler"]),
    ] + optional.map { .library(name: $0, targets: [$0]) },
    // What is behind a trait is neither resolved nor built without it.
    traits: [
        .default(enabledTraits: ["TLS"]),
        .trait(name: "TLS", description: "Listeners and clients with TLS; each other trait sets it as well."),
        .trait(name: "Tokens", description: "ProxyTokens: connect and refresh by tokens.", enabledTraits: ["TLS"]),
        .trait(name: "SQLite", description: "ProxyTokensSQLite: tokens in a file.", enabledTraits: ["Tokens"]),
        .trait(name: "PostgreSQL", description: "ProxyTokensPostgreSQL: in a database.", enabledTraits: ["Tokens"]),
        .trait(name: "JWT", description: "ProxyTokensJWT: signed tokens.", enabledTraits: ["Tokens"]),
        .trait(name: "HTTPBridge", description: "ProxyHTTPBridge: RPC by an HTTP server.", enabledTraits: ["TLS"]),
        .trait(name: "TOML", description: "`doctor` and `explain` read TOML as well.", enabledTraits: ["TLS"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.1.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
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
            dependencies: [
                "HTTP2Framing", logging, nioConcurrencyHelpers, nioCore, nioPosix, nioSSL,
                .product(name: "NIOTLS", package: "swift-nio"),
            ]
        ),

        // Calls of other servers.
        .target(
            name: "GRPCClient",
            dependencies: ["GRPCCall", "HTTP2Framing", "HTTP2Transport", nioCore, nioPosix]
        ),

        // What operators see: metrics as text, and log lines.
        .target(name: "MetricsExposition", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")]),
        .target(name: "ProxyLogging", dependencies: [logging]),

        // Application: what users import.
        .target(
            name: "CentrifugoProxy",
            dependencies: [
                "GRPCCall", "HTTP2Framing", "HTTP2Transport", "MetricsExposition", "ProtobufWire", "ProxyLogging",
                "ProxyMessages", "TopicPatterns", .product(name: "DequeModule", package: "swift-collections"), logging,
                metrics, serviceLifecycle, tracing,
            ]
        ),
        // The listener for operators: metrics and probes over HTTP/1.
        .target(
            name: "ProxyAdmin",
            dependencies: [
                "CentrifugoProxy", "HTTP2Transport", "MetricsExposition", logging, nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"), serviceLifecycle,
            ]
        ),
        // Spans of calls for an OpenTelemetry collector.
        .target(
            name: "ProxyTracing",
            dependencies: [
                "CentrifugoProxy", "GRPCCall", "GRPCClient", "HTTP2Transport", "ProtobufWire", logging,
                serviceLifecycle, tracing,
            ]
        ),
        // For users' tests: calls a service in memory, and says what Centrifugo does with an answer.
        .target(
            name: "CentrifugoProxyTesting",
            dependencies: ["CentrifugoProxy", "EventCaller", "GRPCCall", "ProtobufWire", "ProxyMessages", logging]
        ),

        // The ready server: rules from a file.
        .target(
            name: "ProxyPolicy",
            dependencies: [
                "CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "EventCaller", "GRPCCall", "ProtobufWire",
                "ProxyAdmin", "ProxyLogging", "ProxyMessages", "ProxyTracing", httpBridge, tokens,
                target("ProxyTokensJWT", trait: "JWT"),
                target("ProxyTokensPostgreSQL", trait: "PostgreSQL"), target("ProxyTokensSQLite", trait: "SQLite"),
                .product(name: "Configuration", package: "swift-configuration"), logging, metrics, serviceLifecycle,
                "Yams",
            ],
            resources: [.embedInCode("starter.yaml")]
        ),
        // What Centrifugo does with a configuration of its own, and with a client's commands.
        .target(
            name: "CentrifugoModel",
            dependencies: ["CentrifugoProxy", "Yams", product("TOMLKit", of: "TOMLKit", trait: "TOML")]
        ),
        // What of such a configuration will not work with the server.
        .target(name: "CentrifugoDoctor", dependencies: ["CentrifugoModel", "CentrifugoProxy"]),
        // A client for tools and tests: calls events, also in memory and by the names of their fields.
        .target(
            name: "EventCaller",
            dependencies: [
                "CentrifugoProxy", "GRPCCall", "GRPCClient", "HTTP2Transport", "ProtobufWire", "ProxyMessages", logging,
            ]
        ),
        .executableTarget(
            name: "CentrifugoProxyCommand",
            dependencies: [
                "CentrifugoDoctor", "CentrifugoModel", "CentrifugoProxy", "EventCaller", "GRPCClient",
                "HTTP2Transport", "MetricsExposition", "ProxyAdmin", "ProxyLogging", "ProxyPolicy", "ProxyTracing",
                "Scaffolding", tokens, argumentParser, logging, metrics, serviceLifecycle, unixSignals,
            ]
        ),

        // What a new handler and a new package are made of, for `centrifugo-proxy new` and the plugin.
        .target(name: "Scaffolding"),
        .executableTarget(name: "scaffold-tool", dependencies: ["Scaffolding"], path: "Sources/ScaffoldTool"),
        .plugin(
            name: "create-handler",
            capability: .command(
                intent: .custom(verb: "create-handler", description: "Write a handler for an event, and its test."),
                permissions: [.writeToPackageDirectory(reason: "to write the handler and its test")]
            ),
            dependencies: ["scaffold-tool"],
            path: "Plugins/CreateHandler"
        ),

        // Requests to HTTP servers. Empty without its trait.
        .target(
            name: "HTTPUpstream",
            dependencies: [
                product("AsyncHTTPClient", of: "async-http-client", trait: "HTTPBridge"), nioCore,
                .product(name: "NIOHTTP1", package: "swift-nio"), nioSSL,
            ]
        ),
        // RPC as calls of an HTTP server. Empty without its trait.
        .target(
            name: "ProxyHTTPBridge",
            dependencies: ["CentrifugoProxy", "HTTP2Transport", httpUpstream, logging, metrics, serviceLifecycle]
        ),

        // Tokens, and where they are kept. Empty without their traits.
        .target(name: "ProxyTokens", dependencies: ["CentrifugoProxy", crypto, logging, metrics]),
        .target(name: "ProxyTokensSQLite", dependencies: ["CentrifugoProxy", "ProxyTokens", grdb]),
        .target(
            name: "ProxyTokensJWT",
            dependencies: [
                "CentrifugoProxy", "HTTP2Transport", "ProxyTokens", httpUpstream, jwtKit, logging, serviceLifecycle,
            ]
        ),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "ProxyTokensPostgreSQL", dependencies: ["CentrifugoProxy", "ProxyTokens", libpq, logging]),

        // The programs of the README and of the documentation's pages.
        example("hello-world", in: "HelloWorld"),
        example("streams-example", in: "Streams"),
        example("deployment-example", in: "Deployment"),
        example("operating-example", in: "Operating", ["ProxyAdmin", "ProxyTracing", metrics]),
        example("recipes", in: "Recipes", [httpBridge, tokens, argumentParser]),
        .testTarget(
            name: "ExamplesTests",
            dependencies: ["CentrifugoProxyTesting", "recipes"],
            path: "Examples/Tests"
        ),

        // What tests use. CProxyOracle is protobuf-c's code for Protos/proxy.proto, which Scripts/test generates.
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
        // Raw HTTP/2 frames, for the tests of sessions and of sockets; and numbers that follow from a seed.
        .target(name: "HTTP2FrameKit", path: "Tests/HTTP2FrameKit"),
        .target(name: "LogTestKit", dependencies: [inMemoryLogging, logging], path: "Tests/LogTestKit"),
        // What every storage of tokens does, clocks, gates.
        .target(
            name: "TokenTestKit",
            dependencies: ["CentrifugoProxy", "ProxyTokens", logging],
            path: "Tests/TokenTestKit"
        ),
        // An HTTP server that answers anything, and certificates for it.
        .target(
            name: "UpstreamTestKit",
            dependencies: [nioCore, nioPosix, nioSSL, "TokenTestKit"],
            path: "Tests/UpstreamTestKit"
        ),
        // What Scripts/fuzz feeds with arbitrary bytes; the tests feed it with the committed seeds.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "CentrifugoProxy", "GRPCCall", "HTTP2FrameKit", "HTTP2Framing", "ProtobufWire", "ProxyMessages",
            ],
            path: "Tests/FuzzTargets"
        ),
    ]
)

// Only libFuzzer has the `main` for this one: Scripts/fuzz asks for it.
if Context.environment["CENTRIFUGO_PROXY_FUZZ"] != nil {
    package.targets += [.executableTarget(name: "fuzz-target", dependencies: ["FuzzTargets"], path: "Tests/FuzzMain")]
}

// The codecs, for the benchmark that times them: see Benchmarks/Package.swift.
if Context.environment["CENTRIFUGO_PROXY_BENCH"] != nil {
    package.products.append(.library(name: "CodecProbe", targets: ["CodecProbe"]))
    package.targets += [
        .target(name: "CodecProbe", dependencies: ["ProtobufWire", "ProxyMessages"], path: "Benchmarks/CodecProbe")
    ]
}

package.targets += tests.map { .testTarget(name: $0.key, dependencies: $0.value) }

// All targets with code of Swift are compiled alike.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = swiftSettings
}
