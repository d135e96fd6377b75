#if JWT
import Foundation
import Logging
import ProxyTokensJWT
import Testing
import LogTestKit
import TokenTestKit

/// What may be a shared secret, and what is public.
///
/// Hostile input: public-key-as-secret.
@Suite struct JWTSecretTests {
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBcDCCARWgAwIBAgIUXbMYkS2GFXBbnmhk9iT9fZLFUFYwCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBYTAgFw0yNjExMzAxMjU3NDVaGA8yMTI2MTEwNjEyNTc0NVow
        DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPuQNz4fnONx
        LPR3lY16oQO3AhwtNmbKyNMZP+qRbu+5eNpFzVrEnQVTW7IN22T2o2KivVZAhAe5
        KzrOW+rLHVKjUzBRMB0GA1UdDgQWBBSZrvgnxUvtJWaaa9SpRTm9pwZHjDAfBgNV
        HSMEGDAWgBSZrvgnxUvtJWaaa9SpRTm9pwZHjDAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0kAMEYCIQCTYqvlxo0SvOXk2Alp2dw7WfZEaIaIbYdJx0NzbTxl
        FAIhAOhrEBNe0RWVpRUevOmaTX7+DdRmYSQyvAJp4jjM4I+Z
        -----END CERTIFICATE-----

        """
    private static let sshKey = "AAAAC3NzaC1lZDI1NTE5AAAAIK2IzG2imTeDDuHzoCopajH2NYn4sXeaVhbrrGkWuO7E"
    private static let ecKey = #"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}"#

    private static func der(_ pem: String) -> [UInt8] {
        let body = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        return Data(base64Encoded: body).map { [UInt8]($0) } ?? []
    }

    /// The PEM text of DER under another name, in lines with a carriage return.
    private static func pem(_ name: String, _ der: [UInt8]) -> [UInt8] {
        let body = Data(der).base64EncodedString(options: .lineLength64Characters)
        return Array("-----BEGIN \(name)-----\r\n\(body)\r\n-----END \(name)-----\r\n".utf8)
    }

    /// PKCS #1 is what the bit string of an RSA key's SubjectPublicKeyInfo has in it.
    private static let pkcs1 = Array(der(Vectors.rsa).dropFirst(24))

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Statement by statement: as one literal it would take the compiler too long.
    private static let publicKeys: [String: [UInt8]] = {
        var keys: [String: [UInt8]] = [:]
        let pemInJSON = Vectors.rsa.replacingOccurrences(of: "\n", with: "\\n")
        let rsa = der(Vectors.rsa)
        keys["PEM"] = bytes(Vectors.rsa)
        keys["PEM of an EC key"] = bytes(Vectors.p521)
        keys["PEM without its last line's end"] = bytes(Vectors.rsa).dropLast()
        keys["PEM after spaces"] = bytes(" \t\n\n\(Vectors.rsa)")
        keys["PEM after a byte order mark"] = bytes("\u{FEFF}\(Vectors.rsa)")
        keys["PEM with CRLF"] = bytes("\r\n" + Vectors.rsa.replacingOccurrences(of: "\n", with: "\r\n"))
        keys["PEM after openssl's text"] = bytes("Public-Key: (2048 bit)\nModulus:\n    00:e3:af\n\(Vectors.rsa)")
        keys["PEM in UTF-16"] = Vectors.rsa.data(using: .utf16).map { [UInt8]($0) }
        keys["PEM in UTF-16, the high bytes first"] = Vectors.rsa.data(using: .utf16BigEndian).map { [UInt8]($0) }
        keys["PEM of PKCS #1"] = pem("RSA PUBLIC KEY", pkcs1)
        keys["PEM of a certificate"] = bytes(certificate)
        keys["PEM of a private key"] = pem("EC PRIVATE KEY", [0x30, 0x03, 0x02, 0x01, 0x01])
        keys["PEM in JSON"] = bytes(#"{"kid": "\#(pemInJSON)"}"#)
        keys["PEM as base64"] = bytes(Data(Vectors.rsa.utf8).base64EncodedString())
        keys["DER"] = rsa
        keys["DER of an EC key, P-256"] = der(Vectors.p256)
        keys["DER of an EC key, P-384"] = der(Vectors.p384)
        keys["DER of an EC key, P-521"] = der(Vectors.p521)
        keys["DER with a line's end"] = rsa + [0x0D, 0x0A]
        keys["DER after a line's end"] = [0x0A] + rsa
        keys["DER of PKCS #1"] = pkcs1
        keys["DER of a certificate"] = der(certificate)
        let signedData: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02, 0xA0, 0x12]
        keys["DER of certificates in PKCS #7"] = [0x30, 0x1F] + signedData + [UInt8](repeating: 0, count: 18)
        let privateKey = [UInt8](repeating: 7, count: 32)
        keys["DER of a private EC key"] = [0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20] + privateKey
        let pkcs8: [UInt8] = [0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
        keys["DER of a private key in PKCS #8"] = [0x30, 0x2E] + pkcs8 + privateKey
        keys["DER as base64"] = bytes(Data(rsa).base64EncodedString())
        keys["DER as base64 in lines"] = bytes(Data(rsa).base64EncodedString(options: .lineLength64Characters) + "\n")
        keys["DER as base64url"] = bytes(base64url(rsa))
        keys["SSH"] = bytes("ssh-ed25519 \(sshKey) someone@somewhere\n")
        keys["SSH after options"] = bytes(#"restrict,command="x y" ssh-ed25519 \#(sshKey)"#)
        keys["SSH of a known host"] = bytes("example.com ssh-ed25519 \(sshKey)")
        keys["SSH without its name"] = bytes(sshKey)
        keys["SSH as bytes"] = Data(base64Encoded: sshKey).map { [UInt8]($0) }
        keys["SSH by RFC 4716"] = bytes("---- BEGIN SSH2 PUBLIC KEY ----\n\(sshKey)\n---- END SSH2 PUBLIC KEY ----\n")
        keys["JWK"] = bytes(ecKey)
        keys["JWK in lines"] = bytes("\n {\n  \"crv\" : \"P-256\",\n  \"kty\" : \"EC\",\n  \"x\" : \"MKBCTNIc\"\n }\n")
        keys["JWKS"] = bytes("{\"keys\":[\(ecKey)]}")
        keys["a list of JWK"] = bytes("[\(ecKey)]")
        return keys
    }()

    private static func base64url(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    @Test("does not accept a public key as a shared secret", arguments: publicKeys.keys.sorted())
    func refuses(name: String) throws {
        let secret = try #require(Self.publicKeys[name])
        #expect(secret.count >= 32)
        let error = #expect(throws: JWTKeyError.self) { try JWTKey.hmac(secret) }
        #expect(
            error?.message
                == "This is a key or a certificate for RSA or elliptic curves and not a shared secret, so that anyone who "
                + "knows the public key could sign: use it with rsa or ec, and give hmac at least 32 random bytes."
        )
    }

    @Test("does not accept a public key as a shared secret in a set of keys either")
    func refusesInSet() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jwks-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: folder) }
        let member = Self.base64url(Self.bytes(Vectors.rsa))
        try Data(#"{"keys": [{"kty": "oct", "k": "\#(member)"}]}"#.utf8).write(to: folder)
        let error = await #expect(throws: JWTKeyError.self) {
            try await JWTVerifier(keyFile: folder.path, logger: LogLines().logger)
        }
        #expect(error?.message.contains("not a shared secret") == true)
    }

    /// 64 random bytes that never change, with a beginning of one's own.
    private static func random(_ beginning: [UInt8] = [], count: Int = 64) -> [UInt8] {
        let base = der(Vectors.rsa).dropFirst(64)
        return beginning + base.prefix(count - beginning.count)
    }

    private static let secrets: [String: [UInt8]] = {
        var secrets: [String: [UInt8]] = [:]
        secrets["32 bytes"] = random(count: 32)
        secrets["a sequence's tag"] = random([0x30])
        secrets["a sequence's tag and a long length"] = random([0x30, 0x82])
        secrets["a sequence of the right length"] = random([0x30, 62])
        secrets["a sequence with an integer"] = random([0x30, 62, 0x02, 0x08])
        secrets["a sequence with an empty sequence"] = random([0x30, 62, 0x30, 0x00])
        secrets["hyphens"] = random(bytes("-----"))
        secrets["some of a PEM marker"] = random(bytes("-----BEGIN"))
        secrets["a brace"] = random(bytes("{"))
        secrets["a bracket and a quotation mark"] = random(bytes("[\""))
        secrets["a byte order mark"] = random(bytes("\u{FEFF}"))
        secrets["zero bytes"] = random([0, 0, 0, 11])
        secrets["only zero bytes and one more"] = [UInt8](repeating: 0, count: 63) + [1]
        secrets["base64"] = bytes(Data(random()).base64EncodedString())
        secrets["base64url"] = bytes(base64url(random()))
        secrets["hexadecimal"] = bytes("30820122300d06092a864886f70d0101")
        secrets["letters that begin as base64 of DER does"] = bytes("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
        secrets["digits"] = bytes("01234567890123456789012345678901234567890123456789")
        secrets["a passphrase"] = bytes("correct horse battery staple begin public key ssh-rsa kty")
        secrets["JSON of another kind"] = bytes(#"{"secret": "0123456789abcdef0123456789abcdef"}"#)
        secrets["every byte"] = Array(0...255)
        return secrets
    }()

    @Test("accepts other secrets, whatever they begin with", arguments: secrets.keys.sorted())
    func accepts(name: String) throws {
        #expect(throws: Never.self) { try JWTKey.hmac(#require(Self.secrets[name])) }
    }

    @Test("accepts random secrets of every length, including those with the tag and the length of a sequence")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        for count in 32...160 {
            for beginning in [[], [0x30], [0x30, UInt8(count - 2)], [0x2D, 0x2D, 0x2D, 0x2D, 0x2D]] {
                let secret =
                    beginning + (beginning.count..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                #expect(throws: Never.self, "\(secret)") { try JWTKey.hmac(secret) }
            }
        }
    }
}
#endif
