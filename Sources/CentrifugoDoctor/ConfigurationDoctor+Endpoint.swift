import CentrifugoModel
import Foundation

extension ConfigurationDoctor {
    /// Endpoints that do not reach a server.
    var endpoints: [Finding] {
        calledProxies.filter { !$0.endpoint.isHTTP }.compactMap(unreachable) + calledProxies.compactMap(calledByHTTP)
            + hosts.flatMap(notes)
    }

    /// This server, called by HTTP, at its listeners or at the default address.
    func calledByHTTP(_ proxy: ProxySettings) -> Finding? {
        // Streams over HTTP prevent Centrifugo from starting, which is reported there.
        guard proxy.endpoint.isHTTP, !configuration.uses(of: proxy).contains(where: { $0.kind == .subscribeStream })
        else {
            return nil
        }
        let authority = proxy.endpointText.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        let listeners = server?.listeners ?? [.standard]
        guard let listener = listeners.first(where: { $0.isReached(by: ProxyEndpoint("grpc://\(authority)")) }),
            let endpoint = listener.endpoint
        else { return nil }
        return Finding(
            "http-to-grpc",
            at: proxy.path.key("endpoint"),
            "\(proxy.shownEndpoint) leads to this server, which speaks gRPC: each call by HTTP fails.",
            fix: "set it to \(endpoint)."
        )
    }

    private func unreachable(_ proxy: ProxySettings) -> Finding? {
        let path = proxy.path.key("endpoint")
        switch proxy.endpoint {
        case .unusable(let problem):
            let text = proxy.endpointText
            let isSpaced = text.first?.isWhitespace == true
            let isOtherScheme = text.contains("://") && !text.hasPrefix("grpc://") && !isSpaced
            return Finding(
                isOtherScheme ? "unknown-scheme" : "unusable-endpoint",
                at: path,
                "\(problem.sentence): each call fails, and clients get error 100.",
                fix: isSpaced
                    ? "remove the space."
                    : "write grpc:// before host and port; TLS is switched on by grpc.tls.enabled."
            )
        case .noSuchPort(let port):
            return Finding(
                "no-such-port",
                at: path,
                "The port \(port) does not exist: each call fails, and clients get error 100.",
                fix: "write the port that this server listens on, 10001 by default."
            )
        case .withoutPort(let host):
            return Finding(
                "no-port",
                at: path,
                "\(host) has no port, and gRPC then takes 443.",
                fix: "add the port that this server listens on, 10001 by default."
            )
        default: return nil
        }
    }

    /// The hosts that are called by gRPC, with the options that name them.
    private var hosts: [(host: String, paths: [OptionPath])] {
        var paths: [String: [OptionPath]] = [:]
        for proxy in calledProxies {
            switch proxy.endpoint {
            case .tcp(let host, _), .withoutPort(let host): paths[host, default: []].append(proxy.path.key("endpoint"))
            case .resolved(let scheme, let address) where scheme == "dns":
                // dns://SERVER/NAME:PORT
                let name = address.drop { $0 == "/" }.split(separator: "/").last ?? ""
                let host = String(name.prefix(upTo: name.lastIndex(of: ":") ?? name.endIndex))
                paths[host, default: []].append(proxy.path.key("endpoint"))
            default: break
            }
        }
        return paths.sorted { $0.key < $1.key }.map { (host: $0.key, paths: $0.value) }
    }

    private func notes(on host: String, at paths: [OptionPath]) -> [Finding] {
        let place = paths.map(\.description).joined(separator: ", ")
        if source.isContainer, ["localhost", "127.0.0.1", "::1"].contains(host) {
            return [
                Finding(
                    "localhost-in-container",
                    at: place,
                    "\(host) is Centrifugo's own container there, and this server usually runs in another.",
                    fix: "write the name of this server's service, or leave it if both share a network namespace.",
                    severity: .note
                )
            ]
        }
        guard !Self.isOneMachine(host) else { return [] }
        return [
            Finding(
                "one-replica",
                at: place,
                "If \(host) stands for several servers, each Centrifugo node calls only the first that answers, for as "
                    + "long as that connection lives (gRPC's pick_first).",
                fix:
                    "put a balancer for HTTP/2 in front, or set maxConnectionAge here (max_connection_age in a policy file) "
                    + "so that nodes choose again.",
                severity: .note
            )
        ]
    }

    /// Whether a host can only be one machine: an IP address, or this machine.
    private static func isOneMachine(_ host: String) -> Bool {
        if host.isEmpty || host == "localhost" || host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
