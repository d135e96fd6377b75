import HTTP2Transport

/// The names in the certificate that a peer presented, as the client CA has signed them.
public struct PeerCertificate: Hashable, Sendable {
    private let names: CertificateNames

    init(_ names: CertificateNames) {
        self.names = names
    }

    /// The subject's common name.
    public var commonName: String? { names.commonName }
    /// The DNS names among the subject's alternative names (RFC 5280 §4.2.1.6).
    public var dnsNames: [String] { names.dnsNames }
    /// The URIs among the subject's alternative names, such as SPIFFE identifiers.
    public var uris: [String] { names.uris }
    /// The e-mail addresses among the subject's alternative names.
    public var emailAddresses: [String] { names.emailAddresses }
}
