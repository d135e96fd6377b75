#if HTTPBridge
import CentrifugoProxy
import Logging
import ProxyHTTPBridge

/// Sends clients' calls to the application's HTTP interface.
func bridge(to baseURL: String, logger: Logger) throws -> (service: ProxyService, bridge: HTTPBridge) {
    var configuration = HTTPBridge.Configuration(
        baseURL: baseURL,
        allowed: ["get:users/*", "post:news/store"]
    )
    configuration.forwardedMetadata = ["authorization"]
    configuration.userHeader = "x-centrifugo-user"
    let bridge = try HTTPBridge(configuration, logger: logger)

    // A method with a handler of its own is not forwarded.
    let methods = try RPCRouter(fallback: bridge) { methods in
        try methods.on("ping") { _, _ in ["pong": true] }
    }
    // The bridge is a service, too: list it before the server in the `ServiceGroup`.
    return (ProxyService(rpc: methods), bridge)
}
#endif
