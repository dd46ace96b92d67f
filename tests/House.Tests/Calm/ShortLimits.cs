using System.Globalization;
using Berth.TestKit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.House.Calm;

/// <summary>
/// Finds limits on the real clock below <see cref="Wait.Limit"/>: literals, and fields, properties and variables of the same file that are
/// set to one. A limit on a given clock does not count.
/// </summary>
internal sealed class ShortLimits(SyntaxNode root)
{
    /// <summary>Returns the limit that a node sets, when it is too short.</summary>
    public TimeSpan? Find(SyntaxNode node) => LengthOf(LimitOf(node), mayFollow: true) is { } limit && limit < Wait.Limit ? limit : null;

    private static ExpressionSyntax? LimitOf(SyntaxNode node) => node switch
    {
        ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "CancellationTokenSource" } } made =>
            Only(made.ArgumentList),
        ImplicitObjectCreationExpressionSyntax { Parent.Parent.Parent: VariableDeclarationSyntax variable } made
            when variable.Type is IdentifierNameSyntax { Identifier.Text: "CancellationTokenSource" } => Only(made.ArgumentList),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call => LimitOf(call, member),
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "Timeout" } } set => set.Right,
        AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.Text: "Timeout" } } set => set.Right,
        _ => null,
    };

    private static ExpressionSyntax? LimitOf(InvocationExpressionSyntax call, MemberAccessExpressionSyntax member)
    {
        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        return member.Name.Identifier.Text switch
        {
            "CancelAfter" or "WaitForExit" or "Wait" when arguments.Count > 0 => arguments[0].Expression,
            // With three arguments the second is a clock. A number is no time there, but an argument of a method of the test.
            "WaitAsync" when arguments.Count is 1 or 2 && arguments[0].Expression is not LiteralExpressionSyntax => arguments[0].Expression,
            "UntilAsync" when member.Expression.ToString() == "Wait" && arguments.Count > 2 => arguments[2].Expression,
            _ => null,
        };
    }

    // With two arguments the second is a clock.
    private static ExpressionSyntax? Only(ArgumentListSyntax? list) => list?.Arguments is [{ } one] ? one.Expression : null;

    private TimeSpan? LengthOf(ExpressionSyntax? expression, bool mayFollow) => expression switch
    {
        LiteralExpressionSyntax { Token.Value: int milliseconds } => TimeSpan.FromMilliseconds(milliseconds),
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "TimeSpan" } } member,
            ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax { Token.Value: { } number } }],
        } => LengthOf(member.Name.Identifier.Text, Convert.ToDouble(number, CultureInfo.InvariantCulture)),
        IdentifierNameSyntax name when mayFollow => LengthOf(ValueOf(name.Identifier.Text), mayFollow: false),
        _ => null,
    };

    private static TimeSpan? LengthOf(string unit, double number) => unit switch
    {
        "FromMilliseconds" => TimeSpan.FromMilliseconds(number),
        "FromSeconds" => TimeSpan.FromSeconds(number),
        "FromMinutes" => TimeSpan.FromMinutes(number),
        _ => null,
    };

    private ExpressionSyntax? ValueOf(string name) => root.DescendantNodes().Select(node => node switch
    {
        VariableDeclaratorSyntax variable when variable.Identifier.Text == name => variable.Initializer?.Value,
        PropertyDeclarationSyntax property when property.Identifier.Text == name =>
            property.Initializer?.Value ?? property.ExpressionBody?.Expression,
        _ => null,
    }).FirstOrDefault(static value => value is not null);
}
