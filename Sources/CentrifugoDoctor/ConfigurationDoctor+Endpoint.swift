import Foundation

extension ConfigurationDoctor {
    /// Schemes that gRPC's resolvers know, beside Centrifugo's own.
    private static let schemes: Set<String> = ["grpc", "dns", "unix", "unix-abstract", "passthrough", "xds"]

    /// What the endpoint does not reach.
    func endpoint(of proxy: ProxyOptions) -> [Finding] {
        guard let endpoint = proxy.endpoint, !endpoint.hasPrefix("unix:") else { return [] }
        let path = "\(proxy.path).endpoint"
        var target = Substring(endpoint)
        if let end = endpoint.range(of: "://") {
            let scheme = String(endpoint[..<end.lowerBound])
            guard Self.schemes.contains(scheme) else {
                return [
                    Finding(
                        "unknown-scheme",
                        at: path,
                        "Centrifugo does not know \(scheme):// and cannot call \(endpoint).",
                        mend: "write grpc:// before host and port; TLS is switched on by grpc.tls.enabled."
                    )
                ]
            }
            guard scheme == "grpc" || scheme == "dns" else { return [] }
            target = endpoint[end.upperBound...]
            // dns://SERVER/NAME:PORT
            if scheme == "dns" { target = target.drop { $0 != "/" }.dropFirst() }
        }
        let authority = target.prefix { $0 != "/" }
        let afterAddress = authority.lastIndex(of: "]").map { authority[$0...] } ?? authority
        guard afterAddress.contains(":") else {
            return [
                Finding(
                    "no-port",
                    at: path,
                    "\(endpoint) has no port, and gRPC then takes 443.",
                    mend: "add the port that this server listens on, 10001 by default."
                )
            ]
        }
        let host = String(authority.prefix(upTo: authority.lastIndex(of: ":") ?? authority.endIndex))
        return Self.isOneMachine(host) ? [] : [replicas(of: host, at: path)]
    }

    private func replicas(of host: String, at path: String) -> Finding {
        Finding(
            "one-replica",
            at: path,
            "If \(host) stands for several servers, each Centrifugo node calls only the first that answers, for as "
                + "long as that connection lives (gRPC's pick_first).",
            mend:
                "put a balancer for HTTP/2 in front, or set maxConnectionAge here (max_connection_age in a policy file) "
                + "so that nodes choose again.",
            severity: .note
        )
    }

    /// Whether a host can only be one machine: an address, or this one.
    private static func isOneMachine(_ host: String) -> Bool {
        if host == "localhost" || host.hasPrefix("[") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
