namespace Berth.House.Floors;

/// <summary>One use of a type by a file of another folder.</summary>
/// <param name="Folder">The folder of the file, relative to its project.</param>
/// <param name="Used">The folder of the type.</param>
/// <param name="File">The file, relative to its project.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Type">The type that is used.</param>
internal sealed record Arrow(string Folder, string Used, string File, int Line, string Type);
