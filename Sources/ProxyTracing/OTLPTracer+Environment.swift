import GRPCCall

extension OTLPTracer.Configuration {
    /// Reads OpenTelemetry's environment variables, where a variable for traces takes precedence over one for all signals.
    ///
    /// `OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` and
    /// its `_ARG`, `OTEL_BSP_SCHEDULE_DELAY`, `_MAX_QUEUE_SIZE` and `_MAX_EXPORT_BATCH_SIZE`; `OTEL_EXPORTER_OTLP_` and then
    /// `ENDPOINT`, `PROTOCOL`, `HEADERS`, `TIMEOUT`, `INSECURE`, `CERTIFICATE`, `CLIENT_CERTIFICATE` and `CLIENT_KEY`, also with
    /// `TRACES_` before. As OpenTelemetry requires, an empty variable is one that is not set. Without an endpoint, and where a
    /// variable turns spans off, the result is nil.
    ///
    /// - Parameters:
    ///   - environment: The variables.
    ///   - endpoint: Where spans go when no variable says it; without any, spans go nowhere.
    ///   - serviceName: The service's name when no variable says it.
    /// - Throws: ``OTLPSettingError`` for a variable that cannot be used.
    public init?(
        environment: [String: String],
        endpoint: OTLPEndpoint? = nil,
        serviceName: String
    ) throws(OTLPSettingError) {
        let variables = OTLPVariables(environment)
        guard !variables.isOff else { return nil }
        guard var endpoint = try variables.endpoint() ?? endpoint else { return nil }
        try variables.checkExporter()
        try variables.setFiles(of: &endpoint)
        self.init(endpoint, serviceName: serviceName)
        resource = try variables.pairs("OTEL_RESOURCE_ATTRIBUTES").reduce(into: [:]) { $0[$1.name] = $1.value }
        self.serviceName = variables["OTEL_SERVICE_NAME"] ?? resource["service.name"] ?? serviceName
        let headers = variables.exporter("HEADERS")
        self.headers = try variables.pairs(headers.name)
        guard self.headers.allSatisfy({ OTLPVariables.isMetadata($0.name.lowercased(), $0.value) }) else {
            throw OTLPSettingError(headers.name, "has a name or a value that gRPC does not send as metadata")
        }
        sample = try variables.sample() ?? sample
        let timeout = variables.exporter("TIMEOUT")
        if let time = try variables.number(timeout.name, in: 1...600_000) { self.timeout = .milliseconds(time) }
        if let time = try variables.number("OTEL_BSP_SCHEDULE_DELAY", in: 1...600_000) { delay = .milliseconds(time) }
        maxWaiting = try variables.number("OTEL_BSP_MAX_QUEUE_SIZE", in: 1...1_000_000) ?? maxWaiting
        maxBatch = try variables.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", in: 1...100_000) ?? maxBatch
    }

    /// Whether the variables decide which traces are sent.
    public static func samples(by environment: [String: String]) -> Bool {
        OTLPVariables(environment)["OTEL_TRACES_SAMPLER"] != nil
    }
}

/// Why one of OpenTelemetry's variables cannot be used: a sentence.
public struct OTLPSettingError: Error, Sendable, CustomStringConvertible {
    /// Names the variable, and says what to write instead.
    public let description: String

    init(_ name: String, _ mistake: String) {
        description = "\(name) \(mistake)."
    }
}

/// Reads single variables.
struct OTLPVariables {
    private let environment: [String: String]

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    subscript(name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An exporter's variable: the one for traces, or else the one for all signals.
    func exporter(_ name: String) -> (name: String, value: String?) {
        let own = "OTEL_EXPORTER_OTLP_TRACES_\(name)"
        if let value = self[own] { return (own, value) }
        let all = "OTEL_EXPORTER_OTLP_\(name)"
        return (all, self[all])
    }

    /// Whether somebody wants no spans.
    var isOff: Bool {
        self["OTEL_SDK_DISABLED"]?.lowercased() == "true" || self["OTEL_TRACES_EXPORTER"]?.lowercased() == "none"
            || self["OTEL_TRACES_SAMPLER"]?.lowercased() == "always_off"
    }

    func checkExporter() throws(OTLPSettingError) {
        if let exporter = self["OTEL_TRACES_EXPORTER"], exporter.lowercased() != "otlp" {
            throw OTLPSettingError("OTEL_TRACES_EXPORTER", "is \"\(exporter)\"; choose otlp or none")
        }
        let (name, value) = exporter("PROTOCOL")
        if let value, value.lowercased() != "grpc" {
            throw OTLPSettingError(name, "is \"\(value)\", but spans go out by grpc only; unset it, or write grpc")
        }
    }

    func endpoint() throws(OTLPSettingError) -> OTLPEndpoint? {
        let (name, text) = exporter("ENDPOINT")
        guard var text else { return nil }
        // A gRPC exporter may be given an address alone.
        if !text.contains("://") {
            text = (exporter("INSECURE").value?.lowercased() == "true" ? "http://" : "https://") + text
        }
        do throws(OTLPEndpointError) {
            return try OTLPEndpoint(text)
        } catch {
            throw OTLPSettingError(name, "is not an endpoint: \(error)")
        }
    }

    func setFiles(of endpoint: inout OTLPEndpoint) throws(OTLPSettingError) {
        let (certificate, key) = (exporter("CLIENT_CERTIFICATE"), exporter("CLIENT_KEY"))
        guard (certificate.value == nil) == (key.value == nil) else {
            throw OTLPSettingError(certificate.name, "and \(key.name) go together: give both or none")
        }
        endpoint.serverCA = exporter("CERTIFICATE").value
        endpoint.certificateChain = certificate.value
        endpoint.privateKey = key.value
    }

    func sample() throws(OTLPSettingError) -> Double? {
        guard let sampler = self["OTEL_TRACES_SAMPLER"]?.lowercased() else { return nil }
        switch sampler {
        case "always_on", "parentbased_always_on": return 1
        case "always_off", "parentbased_always_off": return 0
        case "traceidratio", "parentbased_traceidratio":
            guard let text = self["OTEL_TRACES_SAMPLER_ARG"] else { return 1 }
            guard let ratio = Double(text), 0...1 ~= ratio else {
                throw OTLPSettingError("OTEL_TRACES_SAMPLER_ARG", "is \"\(text)\"; choose a share from 0 to 1")
            }
            return ratio
        default:
            throw OTLPSettingError(
                "OTEL_TRACES_SAMPLER",
                "is \"\(sampler)\"; choose always_on, always_off or traceidratio, also with parentbased_ before"
            )
        }
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(OTLPSettingError) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range ~= number else {
            throw OTLPSettingError(name, "is \"\(text)\"; choose from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Whether gRPC sends this as metadata, and nothing else of HTTP has the name.
    static func isMetadata(_ name: String, _ value: String) -> Bool {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        let isReserved =
            ["te", "host", "connection", "content-type", "content-length", "transfer-encoding", "user-agent"].contains(
                name
            )
            || name.hasPrefix("grpc-") || name.hasSuffix("-bin")
        return isName && !isReserved && value.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// A list of `name=value`, whose values may be percent-encoded (W3C Baggage §3.3.1).
    func pairs(_ variable: String) throws(OTLPSettingError) -> [(name: String, value: String)] {
        guard let text = self[variable] else { return [] }
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: ",") {
            let parts = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].trimmed
            // The value may be a secret, so that the sentence does not have it.
            guard parts.count == 2, !name.isEmpty else {
                throw OTLPSettingError(variable, "is not a list of NAME=VALUE, separated by commas")
            }
            pairs.append((name, Array(parts[1].trimmed.utf8).withUnsafeBytes { PercentEncoding.decode($0) }))
        }
        return pairs
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
