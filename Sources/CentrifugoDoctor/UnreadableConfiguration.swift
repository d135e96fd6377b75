/// Why a file is no configuration that can be looked at, as the end of a sentence that begins with the file's name.
package struct UnreadableConfiguration: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
