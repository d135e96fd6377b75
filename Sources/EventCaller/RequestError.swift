/// What is wrong with what was asked for, in a sentence that names the mend.
package struct RequestError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
