#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JSONNumber: Codable {
    // One digit less than each Decimal can hold: a number with more was perhaps cut.
    static let mostDigits = 37

    /// Decodes a number with its value, which may be written in another way: one of any length by
    /// ``Payload/decode(_:)``.
    ///
    /// Other decoders hand it over as a `Decimal`. That has 38 digits, and Foundation cuts the others off. This is an
    /// error, except where all of the last digits that are left are zeros: then it cannot be noticed.
    ///
    /// - Throws: `DecodingError` for another kind of value; from other decoders, also for a number with more than 37
    ///   digits, and for one that a `Decimal` cannot hold.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if case .number(let number) = try JSONSource.value(at: decoder) {
            self = number
            return
        }
        let value = try container.decode(Decimal.self)
        guard let number = JSONNumber(value.description), number.digitCount <= Self.mostDigits else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "the number has more than \(Self.mostDigits) digits"
            )
        }
        self = number
    }

    /// Encodes the number in the first type that holds it exactly: `Int64`, `UInt64`, `Double` or `Decimal`.
    ///
    /// - Throws: ``PayloadError`` when none does; ``Payload/json(_:)`` writes each number of a ``JSONValue``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value = exactly(Int64.self) {
            try container.encode(value)
        } else if let value = exactly(UInt64.self) {
            try container.encode(value)
        } else if let value = double, JSONNumber(value) == self {
            try container.encode(value)
        } else if let value = Decimal(string: text), JSONNumber(value.description) == self {
            try container.encode(value)
        } else {
            throw PayloadError(
                description: "no Swift type holds the number with all its digits; make the whole answer a JSONValue"
            )
        }
    }
}
