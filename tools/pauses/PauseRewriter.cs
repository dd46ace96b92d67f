using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Pauses;

/// <summary>Puts a pause after each statement that awaits: a call, an assignment or a new variable.</summary>
internal sealed class PauseRewriter : CSharpSyntaxRewriter
{
    private const string Pause = "await global::RandomPause.NextAsync();";

    /// <summary>The number of pauses so far.</summary>
    public int Count { get; private set; }

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        ExpressionSyntax expression = node.Expression is AssignmentExpressionSyntax assignment ? assignment.Right : node.Expression;
        SyntaxNode? visited = base.VisitExpressionStatement(node);
        // A block, so that the pause stays with a statement that has no braces around it.
        return expression is AwaitExpressionSyntax && visited is StatementSyntax statement
            ? SyntaxFactory.Block(statement.WithoutTrivia(), NewPause())
                .WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia())
            : visited;
    }

    public override SyntaxNode? VisitBlock(BlockSyntax node)
    {
        BlockSyntax visited = (BlockSyntax)base.VisitBlock(node)!;
        List<StatementSyntax> statements = [];
        foreach (StatementSyntax statement in visited.Statements)
        {
            bool awaits = statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } variable
                && variable.Declaration.Variables.Any(static one => one.Initializer?.Value is AwaitExpressionSyntax);
            // On the same line, so that the lines of a failure are those of the file.
            statements.Add(awaits ? statement.WithoutTrailingTrivia() : statement);
            if (awaits)
                statements.Add(NewPause().WithTrailingTrivia(statement.GetTrailingTrivia()));
        }

        return visited.WithStatements([.. statements]);
    }

    private StatementSyntax NewPause()
    {
        Count++;
        return SyntaxFactory.ParseStatement($" {Pause}");
    }
}
