using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Berth.Pauses;

/// <summary>Puts pauses into each file of C# in the folders that it is given, in place.</summary>
internal static class Program
{
    private static int Main(string[] folders)
    {
        if (folders.Length == 0)
        {
            Console.Error.WriteLine("Give the folders whose files get pauses. They are changed in place: see tools/with-pauses.");
            return 2;
        }

        PauseRewriter rewriter = new();
        foreach (string file in folders.SelectMany(
            static folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)))
        {
            int before = rewriter.Count;
            SyntaxNode root = CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();
            SyntaxNode changed = rewriter.Visit(root);
            if (rewriter.Count > before)
                File.WriteAllText(file, changed.ToFullString());
        }

        Console.WriteLine($"{rewriter.Count} pauses.");
        return 0;
    }
}
