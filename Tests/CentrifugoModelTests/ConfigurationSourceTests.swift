import Foundation
import Testing

@testable import CentrifugoModel

@Suite struct ConfigurationSourceTests {
    private static func source(_ text: String, _ form: ConfigurationForm) throws -> ConfigurationSource {
        try ConfigurationSource(Data(text.utf8), form: form)
    }

    @Test(
        "knows a format by the file's extension",
        arguments: [
            ("a.json", .json), ("A.JSON", .json), ("a.yaml", .yaml), ("a/b.yml", .yaml), ("a.toml", .toml),
            ("a.env", .env),
            (".env", .env), (".env.local", .env), ("a", nil), ("a.txt", nil), ("json", nil),
        ] as [(String, ConfigurationForm?)]
    )
    func forms(name: String, form: ConfigurationForm?) {
        #expect(ConfigurationForm(fileName: name) == form)
    }

    @Test("converts keys to lower case, and splits keys at dots, but not in lists")
    func normalizes() throws {
        let source = try Self.source(#"{"A.B": 1, "a": {"C": [{"D.E": 2}]}}"#, .json)
        #expect(source.options == ["a": ["b": 1, "c": [["d.e": 2]]]])
    }

    @Test(
        "refuses a key in two spellings",
        arguments: [
            #"{"a": 1, "A": 2}"#, #"{"a": {"b": 1}, "a.b": 2}"#, #"{"a": 1, "a.b": 2}"#, #"{"x": [{"b": 1, "B": 2}]}"#,
        ]
    )
    func contradicts(json: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.source(json, .json) }
        #expect(error?.problem.contains("repeated in another spelling") == true)
    }

    @Test("refuses what is not an object", arguments: ["[]", "1", #""a""#, "true"])
    func objects(json: String) {
        #expect(throws: ConfigurationError.self) { try Self.source(json, .json) }
    }

    @Test(
        "reads environment files as Docker does",
        arguments: [
            ("A=1\n\n# c\nB = 2", nil), ("A=1\r\nexport B=x=y\nC\nD=", ["A": "1", "B": "x=y", "D": ""]),
            ("A=\"q\"", ["A": "\"q\""]), ("=1", nil), ("a b\n", nil),
        ] as [(String, [String: String]?)]
    )
    func environments(text: String, variables: [String: String]?) {
        #expect((try? Self.source(text, .env).variables) == variables)
    }

    @Test("finds Centrifugo's service in a Compose file, with its variables in either form")
    func compose() throws {
        let source = try Self.source(
            """
            services:
              app: {image: app, environment: {CENTRIFUGAL: "1"}}
              centrifugo:
                image: registry.example/centrifugo/centrifugo:v6
                environment: [CENTRIFUGO_A=1, "CENTRIFUGO_B=x y"]
            """,
            .yaml
        )
        #expect(source.variables == ["CENTRIFUGO_A": "1", "CENTRIFUGO_B": "x y"])
        #expect(source.options == nil && source.isContainer && source.isCompose)
        #expect(throws: ConfigurationError.self) { try Self.source("services: {app: {image: app}}", .yaml) }
    }

    @Test("replaces what Compose replaces, and marks values from elsewhere")
    func placeholders() throws {
        let source = try Self.source(
            """
            services:
              centrifugo:
                image: centrifugo/centrifugo:v6
                environment:
                  CENTRIFUGO_CLIENT_PROXY_CONNECT_ENABLED: "${ON:-true}"
                  CENTRIFUGO_CLIENT_PROXY_CONNECT_ENDPOINT: ${BACKEND}
                  CENTRIFUGO_RPC_PROXY_ENDPOINT: grpc://${HOST:-a}:10001
                  CENTRIFUGO_RPC_PROXY_GRPC_CREDENTIALS_VALUE: a$$b
                  CENTRIFUGO_RPC_PROXY_TIMEOUT: ${TIMEOUT}
            """,
            .yaml
        )
        let configuration = CentrifugoConfiguration(source)
        #expect(configuration.refusals.isEmpty)
        #expect(configuration.isOn("client.proxy.connect.enabled"))
        #expect(configuration.proxies.map(\.endpoint) == [.hidden, .tcp(host: "a", port: 10_001)])
        #expect(configuration.proxies.map(\.timeout) == [1, 1])
        #expect(configuration.proxies.last?.credentialsValue == "a$b")
    }

    @Test("takes config and env of Helm values")
    func helm() throws {
        let source = try Self.source(
            """
            config: {client: {insecure: true}}
            env: [{name: CENTRIFUGO_A, value: "1"}]
            envSecret: [{name: CENTRIFUGO_S, secretKeyRef: {name: a, key: b}}]
            """,
            .yaml
        )
        #expect(source.options == ["client": ["insecure": true]])
        #expect(source.variables == ["CENTRIFUGO_A": "1", "CENTRIFUGO_S": ConfigurationSource.hiddenText])
        #expect(source.isContainer && !source.isCompose)
    }

    #if TOML
    @Test("reads TOML")
    func toml() throws {
        let source = try Self.source(
            "[client.proxy.connect]\nenabled = true\n[[proxies]]\nname = \"a\"\nx = 1.5",
            .toml
        )
        #expect(
            source.options == [
                "client": ["proxy": ["connect": ["enabled": true]]], "proxies": [["name": "a", "x": .number(1.5)]],
            ]
        )
        let error = #expect(throws: ConfigurationError.self) { try Self.source("a = 1\na = 2", .toml) }
        #expect(error?.line == 2)
    }
    #else
    @Test("says which trait reads TOML")
    func toml() {
        let error = #expect(throws: ConfigurationError.self) { try Self.source("a = 1", .toml) }
        #expect(error?.problem.contains("--traits TOML") == true && error?.stopsCentrifugo == false)
    }
    #endif
}
