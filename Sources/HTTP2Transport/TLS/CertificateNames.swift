#if TLS
import NIOSSL
#endif

/// The names in a peer's certificate, as its CA has signed them.
package struct CertificateNames: Hashable, Sendable {
    /// The subject's common name, the most specific one.
    package private(set) var commonName: String?
    package private(set) var dnsNames: [String] = []
    package private(set) var uris: [String] = []
    package private(set) var emailAddresses: [String] = []

    #if TLS
    init(_ certificate: NIOSSLCertificate) {
        commonName = certificate.subjectName.last { $0.type == .commonName }?.value
        for name in certificate._subjectAlternativeNames() {
            let text = String(decoding: name.contents, as: UTF8.self)
            switch name.nameType {
            case .dnsName: dnsNames.append(text)
            case .uri: uris.append(text)
            case .email: emailAddresses.append(text)
            default: break
            }
        }
    }
    #endif
}
