ThisBuild / scalaVersion := "2.13.15"
name := "cart"
libraryDependencies ++= Seq(
  "org.scalatest" %% "scalatest" % "3.2.19" % Test,
  "org.scalameta" %% "munit" % "0.7.29" % Test
)
