import CentrifugoModel
import Foundation
import HTTP2FrameKit

/// A configuration with something wrong in it, by a seed.
struct Mutation {
    var numbers: SplitMix
    let bytes: Data
    let form: ConfigurationForm

    /// Makes one of the samples worse.
    init(seed: UInt64, of samples: [Sample]) {
        numbers = SplitMix(state: seed)
        let sample = samples[Int.random(in: samples.indices, using: &numbers)]
        var form = sample.form
        var text = sample.bytes
        if let value = sample.value, Bool.random(using: &numbers) {
            var value = value
            for _ in 0...Int.random(in: 0...2, using: &numbers) { Self.change(&value, using: &numbers) }
            text = Array(value.json.utf8)
            // JSON is YAML as well.
            if Int.random(in: 0..<4, using: &numbers) == 0 { form = .yaml }
        }
        let isOfBytes = sample.value == nil || Int.random(in: 0..<3, using: &numbers) == 0
        for _ in 0..<(isOfBytes ? Int.random(in: 1...3, using: &numbers) : 0) {
            Self.change(&text, using: &numbers)
        }
        bytes = Data(text)
        self.form = form
    }

    // MARK: Structure

    private static let words = [
        "", " ", "enabled", "endpoint", "Endpoint", "name", "proxies", "a.b", ".", "..", "client.proxy", "\u{0}", "🦊",
        "e\u{301}", "[0]", "<<", "null", "${A}", "${CENTRIFUGO_VAR_A}", "true", "grpc://", "grpc://[::1", "grpc://]:1",
        "grpc://a:99999999999999999999", "unix:", "dns:///", "http://a b", "-1s", "9999999999h", "1e9", "(", "a{1000}",
        "#",
        "chat:*", "0x7fffffffffffffffff", "\u{202E}",
    ]

    private static func word(using numbers: inout SplitMix) -> String {
        let word = words[Int.random(in: words.indices, using: &numbers)]
        switch Int.random(in: 0..<20, using: &numbers) {
        case 0: return String(repeating: word + "x", count: 5_000)
        case 1: return Array(repeating: "a", count: 2_000).joined(separator: ".")
        default: return word
        }
    }

    private static func scalar(using numbers: inout SplitMix) -> ConfigurationValue {
        switch Int.random(in: 0..<9, using: &numbers) {
        case 0: .null
        case 1: .flag(Bool.random(using: &numbers))
        case 2: .integer([0, 1, -1, 5, 1 << 40, .max, .min][Int.random(in: 0..<7, using: &numbers)])
        case 3: .number([0.5, -0.0, 1e15, 1e18, -1e300, 1e-300][Int.random(in: 0..<6, using: &numbers)])
        case 4: .list([])
        case 5: .object([:])
        case 6: .list([.text(word(using: &numbers)), .null, .object([:])])
        case 7: .object([word(using: &numbers): .text(word(using: &numbers))])
        default: .text(word(using: &numbers))
        }
    }

    /// Changes something at a place by lot, mostly deep inside.
    private static func change(_ value: inout ConfigurationValue, using numbers: inout SplitMix) {
        let goesOn = Int.random(in: 0..<8, using: &numbers) > 0
        switch value {
        case .object(var members) where !members.isEmpty:
            let names = members.keys.sorted()
            let name = names[Int.random(in: names.indices, using: &numbers)]
            if goesOn, var member = members[name], !member.isScalar || Bool.random(using: &numbers) {
                change(&member, using: &numbers)
                members[name] = member
            } else {
                change(&members, at: name, using: &numbers)
            }
            value = .object(members)
        case .list(var elements) where !elements.isEmpty:
            let index = Int.random(in: elements.indices, using: &numbers)
            if goesOn {
                change(&elements[index], using: &numbers)
            } else if Bool.random(using: &numbers) {
                elements.remove(at: index)
            } else {
                elements.append(elements[index])
            }
            value = .list(elements)
        default: value = Bool.random(using: &numbers) ? .list([value]) : scalar(using: &numbers)
        }
    }

    private static func change(
        _ members: inout [String: ConfigurationValue],
        at name: String,
        using numbers: inout SplitMix
    ) {
        let value = members[name] ?? .null
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0: members[name] = nil
        case 1: members[name.uppercased()] = value
        case 2: members[word(using: &numbers)] = value
        case 3:
            members[name] = nil
            members[String(name.dropLast())] = value
        case 4:
            // Into a neighbour.
            members[name] = nil
            let other = members.keys.sorted().first { !(members[$0]?.isScalar ?? true) } ?? word(using: &numbers)
            guard case .object(var deeper) = members[other] else { break }
            deeper[name] = value
            members[other] = .object(deeper)
        case 5: members["\(name).\(word(using: &numbers))"] = value
        case 6: members = [name: .object(members)]
        default: members[name] = scalar(using: &numbers)
        }
    }

    // MARK: Bytes

    private static func change(_ bytes: inout [UInt8], using numbers: inout SplitMix) {
        let place = Int.random(in: 0...bytes.count, using: &numbers)
        let length = Int.random(in: 1...20, using: &numbers)
        let end = min(bytes.count, place + length)
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &numbers), at: place)
        case 4: bytes.insert(contentsOf: [0xFF, 0xC0, 0x80, 0x00].shuffled(using: &numbers), at: place)
        case 5: bytes.insert(contentsOf: word(using: &numbers).utf8, at: place)
        case 6:
            let bracket = UInt8(ascii: Bool.random(using: &numbers) ? "[" : "{")
            let depth = [10, 199, 201, 999, 5_000][Int.random(in: 0..<5, using: &numbers)]
            bytes.insert(contentsOf: Array(repeating: bracket, count: depth), at: place)
        case 7:
            let digits = Array(repeating: UInt8(ascii: "9"), count: [20, 400][Int.random(in: 0..<2, using: &numbers)])
            guard let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) else { break }
            bytes.insert(contentsOf: digits, at: digit)
        case 8:
            let from = Int.random(in: 0...bytes.count, using: &numbers)
            bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + length)], at: place)
        default:
            for index in place..<end where Bool.random(using: &numbers) { bytes[index] ^= 1 << UInt8(length % 8) }
        }
    }
}

extension ConfigurationValue {
    fileprivate var isScalar: Bool {
        switch self {
        case .list, .object: false
        default: true
        }
    }

    /// The value as JSON.
    var json: String {
        switch self {
        case .null: return "null"
        case .flag(let flag): return "\(flag)"
        case .integer(let integer): return "\(integer)"
        case .number(let number): return "\(number)"
        case .text(let text): return Self.quoted(text)
        case .list(let elements): return "[\(elements.map(\.json).joined(separator: ","))]"
        case .object(let members):
            return "{\(members.map { "\(Self.quoted($0)):\($1.json)" }.sorted().joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case ..<" ": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: "\(scalar)"
            }
        }
        return "\"\(escaped.joined())\""
    }
}
