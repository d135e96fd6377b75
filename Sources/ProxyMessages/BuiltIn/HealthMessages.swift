package import ProtobufWire

// The messages of grpc.health.v1, with codecs in both directions, so that tests can read what the server writes.

/// Asks for a service's status.
package struct HealthCheckRequest: Sendable, Equatable {
    /// The service's name; empty for the server as a whole.
    package var service = ""

    package init(service: String) {
        self.service = service
    }
}

extension HealthCheckRequest: WireMessage {
    package static var wireName: StaticString { "HealthCheckRequest" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&service, "service")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(service, field: 1)
    }
}

/// A service's status.
package struct HealthCheckResponse: Sendable, Equatable {
    /// A proto3 enum is open: numbers without a name are also valid.
    package struct ServingStatus: RawRepresentable, Sendable, Hashable {
        package var rawValue: Int32

        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        package static let unknown = ServingStatus(rawValue: 0)
        package static let serving = ServingStatus(rawValue: 1)
        package static let notServing = ServingStatus(rawValue: 2)
        package static let serviceUnknown = ServingStatus(rawValue: 3)
    }

    package var status = ServingStatus.unknown

    package init(status: ServingStatus) {
        self.status = status
    }
}

extension HealthCheckResponse: WireMessage {
    package static var wireName: StaticString { "HealthCheckResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&status.rawValue, "status")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(status.rawValue, field: 1)
    }
}

/// Asks for the status of all services.
package struct HealthListRequest: Sendable, Equatable {
    package init() {}
}

extension HealthListRequest: WireMessage {
    package static var wireName: StaticString { "HealthListRequest" }

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        try reader.skip()
    }

    package func encode(into writer: inout WireWriter) {}
}

/// The status of all services, by their names.
package struct HealthListResponse: Sendable, Equatable {
    package var statuses: [String: HealthCheckResponse] = [:]

    package init(statuses: [String: HealthCheckResponse]) {
        self.statuses = statuses
    }
}

extension HealthListResponse: WireMessage {
    package static var wireName: StaticString { "HealthListResponse" }

    package init() {}

    package mutating func decodeField(_ number: UInt32, from reader: inout WireReader) throws(WireError) {
        switch number {
        case 1: try reader.read(&statuses, "statuses")
        default: try reader.skip()
        }
    }

    package func encode(into writer: inout WireWriter) {
        writer.write(statuses, field: 1)
    }
}
