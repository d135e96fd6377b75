extension StarterPackage {
    static func manifest(_ name: String, _ dependency: PackageDependency) -> String {
        let product = ".product(name: \"CentrifugoProxy\", package: \(PackageDependency.literal(dependency.name)))"
        return """
            // swift-tools-version: 6.2
            import PackageDescription

            let package = Package(
                name: "\(name)",
                dependencies: [
                    \(dependency.manifestLine),
                    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
                    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
                ],
                targets: [
                    .executableTarget(
                        name: "\(name)",
                        dependencies: [
                            \(product),
                            .product(name: "Logging", package: "swift-log"),
                            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                        ]
                    ),
                    .testTarget(
                        name: "\(name)Tests",
                        dependencies: [
                            "\(name)",
                            \(product),
                        ]
                    ),
                ]
            )

            """
    }

    static func main(_ name: String) -> String {
        """
        import CentrifugoProxy
        import Foundation
        import Logging
        import ServiceLifecycle
        import UnixSignals

        let logger = Logger(label: "\(name)")
        var configuration = ProxyServer.Configuration(port: 10_001)
        // A line for each call: who asked for what, and what came of it.
        configuration.accessLog = AccessLog(logger: logger)
        do {
            let service = try ProxyService(handlers: [
                // A token to try it out with.
                Sessions(users: ["alice-token": "alice"]),
                Commands(),
            ])
            try await ServiceGroup(
                services: [ProxyServer(service, configuration: configuration, logger: logger)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            ).run()
        } catch {
            logger.critical("\\(error)")
            exit(1)
        }

        """
    }

    /// What this package handles is on, all else is off.
    static let centrifugo = """
        {
          "client": {
            "allowed_origins": ["http://localhost:8000"],
            "proxy": {
              "connect": {"enabled": true, "endpoint": "grpc://127.0.0.1:10001", "timeout": "1s"}
            }
          },
          "rpc": {
            "proxy": {"endpoint": "grpc://127.0.0.1:10001", "timeout": "1s"},
            "without_namespace": {"proxy_enabled": true}
          }
        }

        """

    static func readme(_ name: String) -> String {
        """
        # \(name)

        The rules of a real-time application: Centrifugo holds the users' connections and asks this server about their events.

        ```sh
        swift run \(name)   # serves on 127.0.0.1:10001
        swift test
        centrifugo --config centrifugo.json
        ```

        Building needs Swift 6.2 or newer, `libnghttp2-dev` and `zlib1g-dev`.

        | event | handler | rule |
        |---|---|---|
        | Connect | `Sessions` | `{"authToken": "alice-token"}` as the connect data; channels `public` and `user-alice` |
        | RPC | `Commands` | `greet` answers `{"hello": "alice"}` |

        Each further event needs a handler, which `main.swift` registers, and its option in `centrifugo.json`:

        ```sh
        swift package --allow-writing-to-package-directory create-handler Channels --type subscribe
        ```

        In the browser, with centrifuge-js:

        ```javascript
        const centrifuge = new Centrifuge("ws://localhost:8000/connection/websocket", { data: { authToken: "alice-token" } });
        centrifuge.connect();
        console.log((await centrifuge.rpc("greet", {})).data);
        ```

        """
    }
}
