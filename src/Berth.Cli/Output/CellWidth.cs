using System.Globalization;
using System.Text;

namespace Berth.Cli.Output;

/// <summary>
/// The number of terminal columns that a text takes: none for combining marks, two for wide East Asian characters and emoji.
/// </summary>
internal static class CellWidth
{
    /// <summary>
    /// The blocks of wide characters (Unicode Standard Annex 11, W and F). This is approximate: every character of a block counts as wide.
    /// </summary>
    private static readonly (int First, int Last)[] s_wide =
        [(0x1100, 0x115F), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6),
            (0x1F300, 0x1FAFF), (0x20000, 0x3FFFD)];

    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>Cuts a text to a width. Returns all of it when the width is unknown.</summary>
    public static string Cut(string text, int width)
    {
        if (width < 1 || Of(text) <= width)
            return text;
        int taken = 0;
        int end = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            taken += Of(rune);
            if (taken > width)
                break;
            end += rune.Utf16SequenceLength;
        }

        return text[..end];
    }

    private static int Of(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.Control ? 0
        : s_wide.Any(block => rune.Value >= block.First && rune.Value <= block.Last) ? 2 : 1;
}
