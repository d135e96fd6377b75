/// The listeners that a command's options give in place of the policy's.
package struct ListenOverride: Sendable {
    /// The host to listen on; nil for 127.0.0.1.
    package var host: String?
    /// The TCP port to listen on; nil for 10001.
    package var port: Int?
    /// The path of a Unix socket.
    package var unixSocket: String?
    /// The octal mode of its file.
    package var unixSocketMode: String?
    /// Whether systemd passes the sockets.
    package var inherited = false
    /// The PEM file of the certificate chain.
    package var certificate: String?
    /// The PEM file of its private key.
    package var privateKey: String?
    /// The PEM file of the CAs of peers' certificates.
    package var clientCA: String?

    /// Makes an override that changes nothing.
    package init() {}
}

extension Policy {
    /// Replaces the addresses that the policy listens on, but keeps what protects its listeners.
    ///
    /// - Throws: ``PolicyError`` when it is unclear which of several listeners' protection to keep.
    package mutating func listen(on other: ListenOverride) throws(PolicyError) {
        var listeners: [ListenerPolicy] = []
        if other.inherited { listeners.append(ListenerPolicy(inherited: true)) }
        if let path = other.unixSocket { listeners.append(ListenerPolicy(unix: path, mode: other.unixSocketMode)) }
        let names = [
            other.host.map { _ in "--host" }, other.port.map { _ in "--port" },
            other.unixSocket.map { _ in "--unix-socket" }, other.inherited ? "--socket-activation" : nil,
            other.certificate.map { _ in "--certificate" },
        ]
        guard let name = names.lazy.compactMap({ $0 }).first else { return }
        if listeners.isEmpty || other.host != nil || other.port != nil {
            let host = other.host ?? "127.0.0.1"
            let address = host.contains(":") ? "[\(host)]" : host
            listeners.append(ListenerPolicy(tcp: "\(address):\(other.port ?? 10_001)"))
        }
        if let certificate = other.certificate, let privateKey = other.privateKey {
            let tls = TLSPolicy(certificate: certificate, privateKey: privateKey, clientCA: other.clientCA)
            for index in listeners.indices { listeners[index].tls = tls }
        }
        try replaceListeners(with: listeners, by: name)
    }

    /// Replaces the listeners of the file.
    ///
    /// An address alone says nothing about its protection, so TLS, the CAs of peers and the mode of a socket's file are
    /// copied from the file's only listener.
    ///
    /// - Parameters:
    ///   - new: The listeners; their own settings take precedence.
    ///   - name: The option or variable that gives them, for the error.
    /// - Throws: ``PolicyError`` when it is unclear which of several listeners' protection to keep.
    mutating func replaceListeners(with new: [ListenerPolicy], by name: String) throws(PolicyError) {
        let protection = try protection(for: new, by: name)
        listeners = new.map { listener in
            var listener = listener
            if listener.tls == nil { listener.tls = protection.tls }
            // Another certificate does not change which peers may call.
            if listener.tls?.clientCA == nil { listener.tls?.clientCA = protection.tls?.clientCA }
            if listener.unix != nil, listener.mode == nil { listener.mode = protection.mode }
            return listener
        }
    }

    /// The protection of the file's listeners.
    private func protection(
        for new: [ListenerPolicy],
        by name: String
    ) throws(PolicyError) -> (tls: TLSPolicy?, mode: String?) {
        if listeners.count == 1 { return (listeners[0].tls, listeners[0].mode) }
        if let index = listeners.firstIndex(where: { $0.tls != nil }) {
            throw PolicyError(
                "\(name) replaces \(listeners.count) listeners of the file, of which listeners[\(index)] has tls, and does "
                    + "not say whether it stays; change the address in the file."
            )
        }
        if let index = listeners.firstIndex(where: { $0.mode != nil }),
            new.contains(where: { $0.unix != nil && $0.mode == nil })
        {
            throw PolicyError(
                "\(name) replaces \(listeners.count) listeners of the file, of which listeners[\(index)] has a mode, and does "
                    + "not say whether it stays; change the path in the file."
            )
        }
        return (nil, nil)
    }

    /// Replaces the secret that peers must send by that of a file; whether health checks need it does not change.
    ///
    /// - Parameters:
    ///   - key: The metadata key.
    ///   - file: A file with one accepted value on each line.
    package mutating func requireSecret(key: String, file: String) {
        secret = SecretPolicy(key: key, values: [], file: file, coversHealth: secret?.coversHealth ?? false)
    }

    /// Sets how many event loops share the connections.
    package mutating func setEventLoops(_ count: Int) {
        executor.eventLoops = count
    }
}
